import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { SandglassError } from '@sandglass/core'
import { firstThatRuns } from './commands'
import { extractLibrary } from './extract'
import { downloadWheel, TENSORFLOW_VERSION, wheelVersion } from './wheel'

/** `sandglass/tensorflow` in the user's cache. */
export function defaultCache(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sandglass', 'tensorflow')
}

/**
 * The folder of TensorFlow's C library (`lib`, `include`), from the cache if it is there, else from a wheel. It
 * appears under its name only when it is whole; a wheel that was downloaded is kept until then.
 */
export async function cachedLibrary(
  cache: string,
  wheel: string | undefined,
  log: (line: string) => void,
): Promise<string> {
  if (wheel !== undefined && !existsSync(wheel))
    throw new SandglassError('file', `there is no file ${wheel}`, { expected: 'a wheel of TensorFlow' })
  const version = wheel === undefined ? TENSORFLOW_VERSION : wheelVersion(wheel)
  const folder = join(cache, `${version}-${process.platform}-${process.arch}`)
  if (existsSync(folder)) {
    log(`TensorFlow ${version} is in ${folder}`)
    return folder
  }
  const python = await firstThatRuns(
    ['python3', 'python'],
    ['-c', 'import sys, zipfile; assert sys.version_info >= (3, 8)'],
  )
  if (!python)
    throw new SandglassError('backend', 'there is no Python to get TensorFlow with', {
      expected: 'python3, version 3.8 or newer',
      advice: 'Install it (Debian: apt install python3 python3-pip).',
    })
  const downloads = join(cache, `download-${version}`)
  const unfinished = `${folder}.${process.pid}`
  await removeLeftovers(cache)
  try {
    await mkdir(downloads, { recursive: true })
    const source = wheel ?? (await downloadWheel(python, downloads, log))
    log(`Unpacking ${source}`)
    await extractLibrary(python, source, unfinished)
    // Another process may have been faster.
    if (!existsSync(folder)) await rename(unfinished, folder)
    await rm(downloads, { recursive: true, force: true })
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
  return folder
}

/** Removes what set-ups that were killed left behind: folders that end in the id of a process which is gone. */
async function removeLeftovers(cache: string): Promise<void> {
  if (!existsSync(cache)) return
  for (const name of await readdir(cache)) {
    const id = /-\w+\.(\d+)$/.exec(name)?.[1]
    if (id && !isRunning(Number(id))) await rm(join(cache, name), { recursive: true, force: true })
  }
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
