import type { FileHandle } from 'node:fs/promises'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expectError } from '@sandglass/testing'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { writeFileAtomic } from './atomic-write'

vi.mock('node:fs/promises', async (original) => ({ ...(await original<typeof fs>()) }))

const bytes = Uint8Array.from({ length: 10_000 }, (_, i) => i)
let folder: string
let file: string

beforeEach(async () => {
  folder = await fs.realpath(await fs.mkdtemp(join(tmpdir(), 'sandglass-atomic-')))
  file = join(folder, 'größe 🏺.safetensors')
})

afterEach(async () => {
  vi.restoreAllMocks()
  await fs.rm(folder, { recursive: true })
})

const failure = (code: string) => Object.assign(new Error(`${code}: injected`), { code })

describe('writes', () => {
  test('a new file, then over it, leaving nothing else behind', async () => {
    await writeFileAtomic(file, Uint8Array.of(1))
    await writeFileAtomic(file, bytes)
    expect(Buffer.compare(await fs.readFile(file), bytes)).toBe(0)
    expect(await fs.readdir(folder)).toEqual([basename(file)])
  })

  test('in this order: temporary file, contents, flush, rename, flush of the folder', async () => {
    const events: string[] = []
    const { open, rename } = await vi.importActual<typeof fs>('node:fs/promises')
    vi.spyOn(fs, 'open').mockImplementation(async (path, flags, mode) => {
      const handle = await open(path, flags, mode)
      const name = path === folder ? 'folder' : 'temporary'
      events.push(`open ${name}`)
      for (const method of ['writeFile', 'sync', 'close'] as const) {
        const original = handle[method].bind(handle) as (...args: unknown[]) => Promise<void>
        handle[method] = (async (...args: unknown[]) => {
          await original(...args)
          events.push(`${method} ${name}`)
        }) as never
      }
      return handle
    })
    vi.spyOn(fs, 'rename').mockImplementation(async (from, to) => {
      events.push('rename')
      await rename(from, to)
    })
    await writeFileAtomic(file, bytes)
    expect(events).toEqual([
      'open temporary',
      'writeFile temporary',
      'sync temporary',
      'close temporary',
      'rename',
      'open folder',
      'sync folder',
      'close folder',
    ])
  })

  test('through a symbolic link, which stays', async () => {
    await fs.writeFile(join(folder, 'real'), 'old')
    await fs.symlink('real', file)
    await writeFileAtomic(file, bytes)
    expect((await fs.lstat(file)).isSymbolicLink()).toBe(true)
    expect(Buffer.compare(await fs.readFile(join(folder, 'real')), bytes)).toBe(0)
  })

  test.runIf(process.platform !== 'win32')('a private file stays private', async () => {
    await fs.writeFile(file, 'old', { mode: 0o600 })
    await writeFileAtomic(file, bytes)
    expect((await fs.stat(file)).mode & 0o777).toBe(0o600)
  })

  test('many at once: one of them wins, whole', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => writeFileAtomic(file, new Uint8Array(5000).fill(i))),
    )
    const found = await fs.readFile(file)
    expect(found.length).toBe(5000)
    expect(new Set(found).size).toBe(1)
    expect(await fs.readdir(folder)).toEqual([basename(file)])
  })
})

describe('what killed writers left', () => {
  const named = async (suffix: string) => {
    await writeFileAtomic(file, bytes)
    let seen = ''
    const { rename } = await vi.importActual<typeof fs>('node:fs/promises')
    vi.spyOn(fs, 'rename').mockImplementationOnce(async (from, to) => {
      seen = basename(String(from))
      await rename(from, to)
    })
    await writeFileAtomic(file, bytes)
    const [, host] = /\.([0-9a-f]+)-\d+-[0-9a-f]+\.tmp$/.exec(seen)!
    return join(folder, `.${basename(file)}.${suffix.replace('HOST', host!)}`)
  }

  test('is removed by the next write of the same name', async () => {
    const stale = await named('HOST-4194305-0123456789ab.tmp')
    await fs.writeFile(stale, 'half')
    await writeFileAtomic(file, bytes)
    expect(await fs.readdir(folder)).toEqual([basename(file)])
  })

  test('is left alone while the writer lives, runs on another machine, or writes another file', async () => {
    const others = [
      await named(`HOST-${process.pid}-0123456789ab.tmp`),
      await named('000000000000-4194305-0123456789ab.tmp'),
      join(folder, '.other.000000000000-4194305-0123456789ab.tmp'),
      await named('backup.tmp'),
    ]
    for (const other of others) await fs.writeFile(other, 'half')
    await writeFileAtomic(file, bytes)
    for (const other of others) expect(await fs.readFile(other, 'utf8')).toBe('half')
  })

  test('is given up after an hour, whoever wrote it', async () => {
    const old = await named('000000000000-1-0123456789ab.tmp')
    await fs.writeFile(old, 'half')
    await fs.utimes(old, 0, Date.now() / 1000 - 2 * 60 * 60)
    await writeFileAtomic(file, bytes)
    expect(await fs.readdir(folder)).toEqual([basename(file)])
  })
})

describe('fails without a trace', () => {
  beforeEach(() => fs.writeFile(file, 'old'))
  afterEach(async () => {
    expect(await fs.readFile(file, 'utf8')).toBe('old')
    expect(await fs.readdir(folder)).toEqual([basename(file)])
  })

  /** Makes one method of the temporary file's handle fail. */
  async function failing(method: 'writeFile' | 'sync' | 'close', code: string) {
    const { open } = await vi.importActual<typeof fs>('node:fs/promises')
    vi.spyOn(fs, 'open').mockImplementationOnce(async (path, flags, mode) => {
      const handle = await open(path, flags, mode)
      const close = handle.close.bind(handle)
      handle[method] = (async () => {
        if (method === 'close') await close()
        throw failure(code)
      }) as never
      return handle
    })
  }

  test.each<['writeFile' | 'sync' | 'close', string, RegExp]>([
    ['writeFile', 'ENOSPC', /cannot be written\. Got a disk that is full\. Free some space/],
    ['writeFile', 'EDQUOT', /quota that is used up/],
    ['writeFile', 'EIO', /an input\/output error/],
    ['sync', 'EIO', /an input\/output error/],
    ['sync', 'ENOSPC', /a disk that is full/],
    ['close', 'EIO', /an input\/output error/],
  ])('%s: %s', async (method, code, message) => {
    await failing(method, code)
    const error = await expectError(() => writeFileAtomic(file, bytes), { code: 'file', message })
    expect(error.message.startsWith(`${file} cannot be written`)).toBe(true)
  })

  test.each<[string, RegExp]>([
    ['EACCES', /Got no permission\. Change the permissions of the folder/],
    ['EROFS', /Got a read-only file system\. Choose a folder that can be written/],
    ['EMFILE', /Got too many open files/],
  ])('opening the temporary file: %s', async (code, message) => {
    vi.spyOn(fs, 'open').mockRejectedValueOnce(failure(code))
    await expectError(() => writeFileAtomic(file, bytes), { code: 'file', message })
  })

  test('renaming: EPERM', async () => {
    vi.spyOn(fs, 'rename').mockRejectedValueOnce(failure('EPERM'))
    await expectError(() => writeFileAtomic(file, bytes), {
      code: 'file',
      message: /an operation that is not permitted/,
    })
  })

  test.runIf(process.platform === 'linux')('a disk that is really full', async () => {
    const { open } = await vi.importActual<typeof fs>('node:fs/promises')
    vi.spyOn(fs, 'open').mockImplementationOnce(async (path, flags, mode) => {
      const [temporary, full] = [await open(path, flags, mode), await open('/dev/full', 'w')]
      return {
        writeFile: full.writeFile.bind(full),
        close: () => Promise.all([temporary.close(), full.close()]),
      } as unknown as FileHandle
    })
    await expectError(() => writeFileAtomic(file, bytes), { code: 'file', message: /a disk that is full/ })
  })

  test.runIf(process.platform !== 'win32')('a folder that is really read-only', async () => {
    const isRoot = process.getuid!() === 0
    await fs.chmod(folder, 0o500)
    // Root may write anywhere, so be somebody else for a moment.
    if (isRoot) process.seteuid!(65534)
    try {
      await expectError(() => writeFileAtomic(file, bytes), { code: 'file', message: /no permission/ })
    } finally {
      if (isRoot) process.seteuid!(0)
      await fs.chmod(folder, 0o700)
    }
  })
})

test('a flush of the folder that fails is told, unless folders cannot be flushed here', async () => {
  const { open } = await vi.importActual<typeof fs>('node:fs/promises')
  let code = 'EIO'
  vi.spyOn(fs, 'open').mockImplementation(async (path, flags, mode) => {
    const handle = await open(path, flags, mode)
    if (path === folder) handle.sync = () => Promise.reject(failure(code))
    return handle
  })
  await expectError(() => writeFileAtomic(file, bytes), { code: 'file', message: /input\/output error/ })
  code = 'EINVAL'
  await writeFileAtomic(file, bytes)
})

describe('refuses', () => {
  test('a missing folder', async () => {
    await expectError(() => writeFileAtomic(join(folder, 'none', 'x'), bytes), {
      code: 'file',
      message:
        /cannot be written\. Got no such file or folder\. Check the path, and make the folder if need be/,
    })
  })

  test('a folder', async () => {
    await expectError(() => writeFileAtomic(folder, bytes), {
      code: 'file',
      message: /Got a folder; expected a file/,
    })
  })

  test('a path through a file', async () => {
    await fs.writeFile(file, 'old')
    await expectError(() => writeFileAtomic(join(file, 'x'), bytes), { code: 'file', message: /no folder/ })
  })

  test('a name that is too long', async () => {
    await expectError(() => writeFileAtomic(join(folder, 'x'.repeat(300)), bytes), {
      code: 'file',
      message: /too long/,
    })
  })

  test.runIf(process.platform !== 'win32')('a device, which must not be replaced by a file', async () => {
    await expectError(() => writeFileAtomic('/dev/null', bytes), {
      code: 'file',
      message: /no ordinary file/,
    })
    expect((await fs.stat('/dev/null')).isCharacterDevice()).toBe(true)
  })
})
