import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectError } from '@sandglass/testing'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { fashionMnist, mnist } from './fashion-mnist'

let folder: string
beforeAll(async () => {
  vi.stubEnv('SANDGLASS_DATA_DIR', undefined)
  folder = await mkdtemp(join(tmpdir(), 'sandglass-images-'))
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

test('without data the error lists the places and every way out', async () => {
  const nowhere = { folder, cacheDir: folder, systemDir: folder, download: false }
  const { message } = await expectError(() => fashionMnist(nowhere), { code: 'file' })
  expect(message).toContain('Fashion-MNIST was not found: no source has train-images-idx3-ubyte')
  expect(message).toContain(`\n  - the folder ${folder}: no such file in the folder`)
  expect(message).toContain(`\n  - the cache ${join(folder, 'fashion-mnist')}: no such folder`)
  for (const way of [
    '{ folder }',
    'SANDGLASS_DATA_DIR',
    'apt install dataset-fashion-mnist',
    "{ fallback: 'excerpt' }",
  ])
    expect(message).toContain(way)
  const digits = await expectError(() => mnist(nowhere), { code: 'file', message: /MNIST was not found/ })
  expect(digits.message).not.toContain('excerpt')
})

test('falls back when asked', async () => {
  const nowhere = { folder, cacheDir: folder, systemDir: folder, download: false }
  const { train, standIn } = await fashionMnist({ ...nowhere, fallback: 'excerpt' })
  expect(train.size).toBe(1600)
  expect(standIn!.reason).toContain(`\n  - the folder ${folder}: no such file in the folder`)
})
