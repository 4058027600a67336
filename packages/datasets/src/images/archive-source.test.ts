import { gzipSync } from 'node:zlib'
import { expectError } from '@sandglass/testing'
import { createTar } from 'nanotar'
import { expect, test } from 'vitest'
import { archiveSource } from './archive-source'
import type { Published, PublishedFile } from './published'

const file = (name: string, bytes: number): PublishedFile => ({ name, bytes, sha256: '' })
const images: Published = {
  id: 'tiny',
  title: 'Tiny',
  credit: 'nobody',
  urls: [],
  archive: 'tiny.tar.gz',
  files: { a: file('a.bin', 3), b: file('b.bin', 700) },
  offline: 'Copy them.',
}
const long = Uint8Array.from({ length: 700 }, (_, i) => i % 251)
const archive = new Uint8Array(
  gzipSync(
    createTar([
      { name: 'folder/' },
      { name: 'folder/readme.txt', data: 'no data' },
      { name: 'folder/a.bin', data: Uint8Array.of(1, 2, 3) },
      { name: 'folder/b.bin', data: long },
    ]),
  ),
)

test('reads all files of one archive, which it fetches once', async () => {
  const fetched: [string, number][] = []
  const source = archiveSource(images, 'https://one.example/', async (name, limit) => {
    fetched.push([name, limit])
    return archive
  })
  expect(source.name).toBe('https://one.example/tiny.tar.gz')
  expect([...(await source.read(images.files.a!))]).toEqual([1, 2, 3])
  expect(await source.read(images.files.b!)).toEqual(long)
  expect(fetched).toEqual([['tiny.tar.gz', expect.any(Number)]])
  expect(fetched[0]![1]).toBeGreaterThan(703)
  expect(fetched[0]![1]).toBeLessThan(2 ** 21)
  await expectError(() => source.read(file('c.bin', 1)), {
    code: 'file',
    message: /tiny.tar.gz has no c.bin/,
  })
})

test('tries again after a failure, and says what is damaged', async () => {
  const answers = [new Error('not there'), archive.subarray(0, 60), archive]
  const source = archiveSource(images, '', async () => {
    const answer = answers.shift()!
    if (answer instanceof Error) throw answer
    return answer
  })
  await expect(source.read(images.files.a!)).rejects.toThrow('not there')
  await expectError(() => source.read(images.files.a!), {
    code: 'file',
    message: /tiny.tar.gz: damaged gzip/,
  })
  expect(await source.read(images.files.b!)).toEqual(long)
})
