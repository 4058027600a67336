import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { fashionMnist, mnist } from './fashion-mnist'
import { fashionMnistClasses, publishedFashionMnist, publishedMnist } from './published'

const asked: string[] = []
const offline: typeof fetch = async (input) => {
  asked.push(String(input))
  throw new TypeError('fetch failed', { cause: new Error('no network') })
}

test('without a network the error names the addresses, all https', async () => {
  asked.length = 0
  const { message } = await expectError(() => fashionMnist({ fetch: offline }), { code: 'file' })
  for (const url of publishedFashionMnist.urls)
    expect(message).toContain(
      `\n  - ${url}: ${url}train-images-idx3-ubyte.gz: cannot be fetched. Got no network`,
    )
  expect(message).toContain('apt install dataset-fashion-mnist')
  expect(asked.every((url) => url.startsWith('https://') && url.endsWith('.gz'))).toBe(true)
  await expectError(() => mnist({ fetch: offline }), { code: 'file', message: /MNIST was not found/ })
  for (const url of publishedMnist.urls) expect(url).toMatch(/^https:\/\/.*\/$/)
})

test('falls back to the excerpt only when asked, and says so', async () => {
  const { train, provenance, standIn } = await fashionMnist({ fetch: offline, fallback: 'excerpt' })
  expect(train.size).toBe(1600)
  expect(provenance).toMatch(/^an excerpt of Fashion-MNIST .*, not the full set, [^\n]*$/)
  expect(standIn).toEqual({
    advice: publishedFashionMnist.offline,
    reason: expect.stringMatching(/^these answers:\n {2}- https:/),
  })
})

test('an abort is no reason to fall back', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(fashionMnist({ fetch: offline, fallback: 'excerpt', signal })).rejects.toThrow('enough')
})

test('ten classes', () => {
  expect(fashionMnistClasses).toHaveLength(10)
  expect(fashionMnistClasses[9]).toBe('Ankle boot')
})
