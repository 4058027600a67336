import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectError } from '@sandglass/testing'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { buildBinding } from './build-binding'
import { cachedLibrary } from './cached-library'
import { firstThatRuns, lastLine, runCommand } from './commands'
import { verifyTensorflow } from './verify'
import { wheelVersion } from './wheel'

const required = (process.env.SANDGLASS_REQUIRE ?? '').split(',').includes('tensorflow')
const has = (program: string) => spawnSync(program, ['--version']).status === 0
const quiet = () => undefined
const CC = 'tensorflow/libtensorflow_cc.so.2'
const NAME = 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandglass-setup-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

/** A small file built like the real wheel; `change` may alter a file after its sum was taken. */
async function makeWheel({ without = '', tampered = '', extra = '' } = {}): Promise<string> {
  const path = join(folder, NAME)
  const program = `
import base64, hashlib, sys, zipfile
path, without, tampered, extra = sys.argv[1:]
files = {n: n.encode() for n in ('${CC}', 'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/include/tensorflow/c/c_api.h', 'tensorflow/include/tsl/platform/x.h', 'tensorflow/python/big.py', extra) if n and n != without}
with zipfile.ZipFile(path, 'w') as z:
    rows = []
    for n, data in files.items():
        z.writestr(n, data + (b'!' if n == tampered else b''))
        rows.append(n + ',sha256=' + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip('=') + ',1')
    z.writestr('tensorflow_cpu-2.21.0.dist-info/RECORD', '\\n'.join(rows) + '\\ntensorflow_cpu-2.21.0.dist-info/RECORD,,\\n')
`
  const made = await runCommand('python3', ['-c', program, path, without, tampered, extra])
  if (!made.ok) throw new Error(made.stderr)
  return path
}

test('the names of wheels', async () => {
  expect(wheelVersion(`/x/${NAME}`)).toBe('2.21.0')
  expect(wheelVersion('tensorflow-2.20.0rc0-cp312-cp312-win_amd64.whl')).toBe('2.20.0rc0')
  for (const name of ['numpy-2.0.0-cp311-cp311-any.whl', 'tensorflow_cpu-2.21.0.tar.gz', '../../x.whl'])
    await expectError(() => wheelVersion(name), {
      code: 'file',
      message: /not a wheel of TensorFlow\. Got .*pip download/,
    })
})

describe.skipIf(!has('python3') && !required)('the library', () => {
  const cache = () => join(folder, 'cache')

  test('is unpacked, checked and kept', async () => {
    const library = await cachedLibrary(cache(), await makeWheel(), quiet)
    expect(library).toBe(join(cache(), `2.21.0-${process.platform}-${process.arch}`))
    expect((await readdir(join(library, 'lib'))).sort()).toEqual([
      'libtensorflow.so',
      'libtensorflow.so.2',
      'libtensorflow_cc.so.2',
      'libtensorflow_framework.so',
      'libtensorflow_framework.so.2',
    ])
    expect(await readFile(join(library, 'lib', 'libtensorflow.so'), 'utf8')).toBe(CC)
    expect(existsSync(join(library, 'include', 'tensorflow', 'c', 'c_api.h'))).toBe(true)
    expect(existsSync(join(library, 'python'))).toBe(false)
    expect(await readdir(cache())).toHaveLength(1)
    // The second time needs neither Python nor a readable wheel.
    vi.stubEnv('PATH', folder)
    await writeFile(join(folder, NAME), 'no longer a wheel')
    expect(await cachedLibrary(cache(), join(folder, NAME), quiet)).toBe(library)
  })

  test.each([
    [
      'tampered with',
      { tampered: CC },
      /the SHA-256 of tensorflow\/libtensorflow_cc\.so\.2 is not the one it states/,
    ],
    ['incomplete', { without: CC }, /it lacks tensorflow\/libtensorflow_cc\.so\.2/],
    ['malicious', { extra: 'tensorflow/include/tsl/../../../../evil.h' }, /leads out of its folder/],
  ])('is refused when the wheel is %s, and nothing stays', async (_, change, message) => {
    const wheel = await makeWheel(change)
    await expectError(() => cachedLibrary(cache(), wheel, quiet), { code: 'file', message })
    expect((await readdir(cache())).filter((n) => !n.startsWith('download-'))).toEqual([])
    expect(existsSync(join(folder, 'evil.h'))).toBe(false)
  })

  test('is refused when the wheel is truncated or absent', async () => {
    const wheel = await makeWheel()
    await writeFile(wheel, (await readFile(wheel)).subarray(0, 300))
    await expectError(() => cachedLibrary(cache(), wheel, quiet), {
      code: 'file',
      message: /cannot be unpacked\. Got .*BadZipFile.*Download it again/,
    })
    await expectError(() => cachedLibrary(cache(), join(folder, 'x.whl'), quiet), {
      code: 'file',
      message: /there is no file .*x\.whl/,
    })
  })

  test('takes away what a set-up that was killed left behind, and only that', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid
    for (const name of [`2.20.0-linux-x64.${gone}`, `2.20.0-linux-x64.${process.ppid}`, '2.19.0-linux-x64'])
      await mkdir(join(cache(), name), { recursive: true })
    await cachedLibrary(cache(), await makeWheel(), quiet)
    expect((await readdir(cache())).sort()).toEqual(
      [
        '2.19.0-linux-x64',
        `2.20.0-linux-x64.${process.ppid}`,
        `2.21.0-${process.platform}-${process.arch}`,
      ].sort(),
    )
  })

  test('needs Python, and pip unless there is a wheel', async () => {
    await mkdir(join(folder, 'bin'))
    vi.stubEnv('PATH', join(folder, 'bin'))
    await expectError(() => cachedLibrary(cache(), undefined, quiet), {
      code: 'backend',
      message: /there is no Python.*Expected python3.*apt install python3/,
    })
    const script = (text: string) =>
      writeFile(join(folder, 'bin', 'python3'), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
    await script('[ "$1" = -m ] || exit 0; echo "python3: No module named pip" >&2; exit 1')
    await expectError(() => cachedLibrary(cache(), undefined, quiet), {
      code: 'backend',
      message: /python3 has no pip.*apt install python3-pip.*--wheel FILE/,
    })
    await script('[ "$1" = -m ] || exit 0; echo "ERROR: No matching distribution found" >&2; exit 1')
    await expectError(() => cachedLibrary(cache(), undefined, quiet), {
      code: 'backend',
      message:
        /pip could not download TensorFlow 2\.21\.0\. Got ERROR: No matching distribution found\. .*--wheel FILE/,
    })
  })
})

describe('the binding', () => {
  const fakePackage = async () => {
    const root = join(folder, 'tfjs-node')
    await mkdir(join(root, 'node_modules', '@mapbox', 'node-pre-gyp'), { recursive: true })
    await mkdir(join(root, 'binding'))
    await writeFile(join(root, 'package.json'), '{}')
    await writeFile(
      join(root, 'node_modules', '@mapbox', 'node-pre-gyp', 'index.js'),
      `exports.find = () => ${JSON.stringify(join(root, 'lib', 'napi-v8', 'tfjs_binding.node'))}`,
    )
    return root
  }

  test('needs a compiler', async () => {
    vi.stubEnv('PATH', folder)
    vi.stubEnv('CXX', join(folder, 'no-such-compiler'))
    const root = await fakePackage()
    await expectError(() => buildBinding(root, folder), {
      code: 'backend',
      message: /there is no C\+\+ compiler.*Expected g\+\+ or clang\+\+.*apt install g\+\+/,
    })
  })

  test.skipIf(!has('g++') && !required)('is not left half built', async () => {
    const root = await fakePackage()
    await writeFile(join(root, 'binding', 'tfjs_backend.cc'), 'int x = nonsense;\n')
    await writeFile(join(root, 'binding', 'tfjs_binding.cc'), '')
    await expectError(() => buildBinding(root, folder), {
      code: 'backend',
      message: /does not compile\. Got .*error: .*nonsense/,
    })
    expect(await readdir(join(root, 'lib', 'napi-v8'))).toEqual([])
  })
})

test('a package that does not train is found out', async () => {
  await writeFile(
    join(folder, 'index.js'),
    "throw new Error('libtensorflow.so.2: cannot open shared object file')",
  )
  expect(await verifyTensorflow(folder)).toEqual({
    ok: false,
    why: 'Error: libtensorflow.so.2: cannot open shared object file',
  })
  await writeFile(join(folder, 'index.js'), 'process.exit(3)')
  expect(await verifyTensorflow(folder)).toMatchObject({ ok: false })
})

test('commands', async () => {
  expect(await runCommand(join(folder, 'none'), [])).toMatchObject({
    ok: false,
    stderr: expect.stringContaining('ENOENT'),
  })
  expect(await firstThatRuns([undefined, join(folder, 'none'), process.execPath], ['--version'])).toBe(
    process.execPath,
  )
  expect(lastLine('a\n b \n\n')).toBe('b')
  expect(lastLine('')).toBe('no message')
})
