import { gzipSync } from 'node:zlib'
import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gunzip, isGzip } from './gunzip'

test('gives back what was compressed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
      const packed = gzipSync(bytes)
      expect(isGzip(packed)).toBe(true)
      expect([...(await gunzip(packed, bytes.length))]).toEqual([...bytes])
    }),
    { numRuns: 50 },
  )
  expect(isGzip(Uint8Array.of(0, 0, 8, 1))).toBe(false)
})

test('a bomb is given up at the limit', async () => {
  const bomb = gzipSync(Buffer.alloc(200_000_000))
  expect(bomb.length).toBeLessThan(250_000)
  await expectError(() => gunzip(bomb, 1_000_000, 'x.gz'), {
    code: 'file',
    message: /x.gz: decompresses to more than it should. Expected at most 1000000 bytes/,
  })
  await expectError(() => gunzip(gzipSync(Buffer.alloc(11)), 10), { message: /at most 10 bytes/ })
})

test('every truncation and every flipped bit of a small file is noticed or harmless', async () => {
  const content = Buffer.from('an hourglass is wide, narrow, wide')
  const packed = gzipSync(content)
  for (let length = 0; length < packed.length; length++)
    await expectError(() => gunzip(packed.subarray(0, length), 1000), {
      code: 'file',
      message: /damaged gzip data/,
    })
  for (let bit = 0; bit < packed.length * 8; bit++) {
    const flipped = Uint8Array.from(packed)
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    const outcome = await gunzip(flipped, 1000).catch((error) => error)
    // Only the header's time, flags and system may change without touching the content.
    if (!(outcome instanceof Error)) {
      expect(Buffer.from(outcome)).toEqual(content)
      expect(bit >> 3).toBeLessThan(10)
    } else expect(outcome).toMatchObject({ code: 'file' })
  }
})
