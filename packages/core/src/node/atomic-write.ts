import { randomBytes } from 'node:crypto'
import { type FileHandle, open, readdir, realpath, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileError } from './file-error'
import { hostTag, isAlive } from './process-alive'

/** A temporary file of a writer that cannot be asked is given up after this many milliseconds. */
const ABANDONED = 60 * 60 * 1000

/**
 * Writes a file so that whoever reads it, whatever happens, finds either the old contents or the new ones, whole:
 * into a temporary file beside it, flushed to disk, then renamed over it. When this resolves the file is on disk.
 * A symbolic link stays and the file that it leads to is replaced. Temporary files that killed writers of the same
 * name left behind are removed.
 *
 * Throws `SandglassError` (`file`) when the disk is full, the folder is missing or read-only, or `path` is a folder or device;
 * the old file is then untouched and nothing is left behind.
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await write(await realpath(path).catch(() => path), bytes)
  } catch (error) {
    throw fileError(`${path} cannot be written`, error)
  }
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  const existing = await stat(path).catch(() => undefined)
  if (existing?.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
  if (existing && !existing.isFile()) throw new Error('something that is no ordinary file')
  const folder = dirname(path)
  const prefix = `.${basename(path)}.`
  await sweep(folder, prefix)
  const temporary = join(folder, `${prefix}${hostTag()}-${process.pid}-${randomBytes(6).toString('hex')}.tmp`)
  const handle = await open(temporary, 'wx', existing ? existing.mode & 0o777 : 0o666)
  try {
    await fill(handle, bytes)
    await rename(temporary, path)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    throw error
  }
  await flushFolder(folder)
}

async function fill(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes the rename itself last. Windows and some file systems cannot, and need not, flush folders. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  if (!handle) return
  try {
    await handle.sync()
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'ENOTSUP', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error
  } finally {
    await handle.close()
  }
}

/** Removes what killed writers left; never what a living one may still be writing. */
async function sweep(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const writer =
      name.startsWith(prefix) && /^([0-9a-f]+)-(\d+)-[0-9a-f]+\.tmp$/.exec(name.slice(prefix.length))
    if (!writer) continue
    const file = join(folder, name)
    const dead = writer[1] === hostTag() && !isAlive(Number(writer[2]))
    if (dead || (await ageOf(file)) > ABANDONED) await unlink(file).catch(() => {})
  }
}

async function ageOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined)
  return found ? Date.now() - found.mtimeMs : 0
}
