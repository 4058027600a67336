import { randomBytes } from 'node:crypto'
import { link, readFile, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { SandglassError } from '../errors'
import { fileError } from './file-error'
import { hostTag, isAlive } from './process-alive'

/** How often the holder shows that it lives, and after how long without that one of another machine counts as dead. */
const BEAT = 10_000
const DEAD = 120_000

/** The right to write into a folder. */
export interface FolderLock {
  /** Gives it back. */
  release(): Promise<void>
}

interface Holder {
  readonly pid: number
  readonly host: string
  /** Of `hostTag`. */
  readonly tag: string
  readonly since: string
  readonly id: string
}

/**
 * Takes the lock of a folder: the file `.lock` in it, which says who holds it. A lock whose process has ended, or whose
 * machine has not shown itself for two minutes, is taken over.
 *
 * Throws `SandglassError` (`file`) when another process holds it, or the folder cannot be written.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, '.lock')
  const own: Holder = {
    pid: process.pid,
    host: hostname(),
    tag: hostTag(),
    since: new Date().toISOString(),
    id: randomBytes(8).toString('hex'),
  }
  const temporary = `${path}.${own.id}`
  try {
    await writeFile(temporary, JSON.stringify(own), { flag: 'wx' })
    try {
      await take(path, temporary, folder)
    } finally {
      await unlink(temporary).catch(() => {})
    }
  } catch (error) {
    throw error instanceof SandglassError ? error : fileError(`${folder} cannot be locked`, error)
  }
  const beat = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => {})
  }, BEAT)
  beat.unref()
  return {
    release: async () => {
      clearInterval(beat)
      if ((await holderOf(path))?.id === own.id) await unlink(path).catch(() => {})
    },
  }
}

/** Makes `temporary` the lock, once nobody living holds it. */
async function take(path: string, temporary: string, folder: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      // Unlike a rename, a link fails where there is a file already.
      return await link(temporary, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = await holderOf(path)
    if (holder && (await isHeld(holder, path))) throw inUse(folder, holder)
    await remove(path, holder)
  }
  throw new SandglassError('file', `${folder} cannot be locked`, { got: 'other processes that try the same' })
}

/**
 * Removes the lock that was found dead, and no other that may have come since: whoever removes one does it alone, and
 * looks again first.
 */
async function remove(path: string, dead: Holder | undefined): Promise<void> {
  const guard = `${path}.removal`
  try {
    await writeFile(guard, '', { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const found = await stat(guard).catch(() => undefined)
    if (found && Date.now() - found.mtimeMs > BEAT) await unlink(guard).catch(() => {})
    return new Promise((resolve) => setTimeout(resolve, 5))
  }
  try {
    if ((await holderOf(path))?.id === dead?.id) await unlink(path).catch(() => {})
  } finally {
    await unlink(guard).catch(() => {})
  }
}

/** Undefined when there is no lock, or one that was never finished. */
async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    const { pid, host, tag, since, id } = JSON.parse(await readFile(path, 'utf8')) as Partial<Holder>
    if (!Number.isSafeInteger(pid) || typeof tag !== 'string' || typeof id !== 'string') return undefined
    return { pid: pid!, host: String(host), tag, since: String(since), id }
  } catch {
    return undefined
  }
}

async function isHeld({ pid, tag }: Holder, path: string): Promise<boolean> {
  if (tag === hostTag() && !isAlive(pid)) return false
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs < DEAD
}

function inUse(folder: string, { pid, host, since }: Holder): SandglassError {
  return new SandglassError('file', `${folder} is in use`, {
    got: `process ${pid} on ${host}, which has written into it since ${since.replace('T', ' ').slice(0, 19)} UTC`,
    advice: 'Wait until it has ended, or choose another folder.',
  })
}
