import { createHash } from 'node:crypto'
import { expectError } from '@sandglass/testing'
import { afterEach, expect, test, vi } from 'vitest'
import { sha256 } from './sha256'

afterEach(() => vi.unstubAllGlobals())

test('the published vector and node:crypto', async () => {
  // FIPS 180-2, appendix B.1.
  const abc = new TextEncoder().encode('abc')
  expect(await sha256(abc)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i)
  const part = bytes.subarray(10, 500)
  expect(await sha256(part)).toBe(createHash('sha256').update(part).digest('hex'))
})

test('says so where browsers do not offer it', async () => {
  vi.stubGlobal('crypto', {})
  await expectError(() => sha256(new Uint8Array(1)), {
    code: 'data',
    message: /SHA-256 is not available here. Open the page over https or from localhost/,
  })
})
