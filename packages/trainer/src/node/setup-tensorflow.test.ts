import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectError } from '@sandglass/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { setupTensorflow } from './setup-tensorflow'

const required = (process.env.SANDGLASS_REQUIRE ?? '').split(',').includes('tensorflow')

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandglass-setup-'))
  await writeFile(join(folder, 'index.js'), "throw new Error('no binding')")
})
afterEach(async () => {
  vi.unstubAllGlobals()
  await rm(folder, { recursive: true, force: true })
})

test('other platforms are told what to do instead', async () => {
  vi.stubGlobal('process', {
    ...process,
    platform: 'darwin',
    arch: 'arm64',
    execPath: process.execPath,
    env: process.env,
  })
  await expectError(() => setupTensorflow({ packageFolder: folder }), {
    code: 'backend',
    message:
      /only on Linux on x64\. Got darwin on arm64\. .*npm rebuild @tensorflow\/tfjs-node --build-addon-from-source/,
  })
})

test.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'a folder that cannot be written',
  async () => {
    // A file where the cache should be.
    await writeFile(join(folder, 'cache'), '')
    const options = { packageFolder: folder, cache: join(folder, 'cache', 'x') }
    await expectError(() => setupTensorflow(options), {
      code: 'file',
      message: /TensorFlow cannot be set up\. Got ENOTDIR.*Check that the disk has 1 GB left/,
    })
  },
)

test.runIf(process.platform === 'linux' && process.arch === 'x64')('a wheel of something else', async () => {
  const wheel = join(folder, 'numpy-2.0.0-py3-none-any.whl')
  await writeFile(wheel, '')
  await mkdir(join(folder, 'cache'))
  await expectError(() => setupTensorflow({ packageFolder: folder, cache: join(folder, 'cache'), wheel }), {
    code: 'file',
    message: /not a wheel of TensorFlow/,
  })
})

const works =
  required ||
  (await setupTensorflow({ cache: join(tmpdir(), 'sandglass-none'), wheel: 'none' }).then(
    () => true,
    () => false,
  ))
test.skipIf(!works)('where tfjs-node works already, nothing is done', async () => {
  const lines: string[] = []
  const result = await setupTensorflow({ cache: join(folder, 'cache'), log: (line) => lines.push(line) })
  expect(result).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+/), changed: false })
  expect(lines).toEqual([`@tensorflow/tfjs-node works, with TensorFlow ${result.version}`])
  expect(existsSync(join(folder, 'cache'))).toBe(false)
})
