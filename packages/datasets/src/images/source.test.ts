import { gzipSync } from 'node:zlib'
import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { testImages } from '../node/test-images'
import type { PublishedFile } from './published'
import { findFiles, type Source } from './source'

const { images, raw } = testImages()

const source = (name: string, read: (file: PublishedFile) => Uint8Array, kept: string[] = []): Source => ({
  name,
  read: async (file) => read(file),
  keep: async (file) => {
    kept.push(file.name)
  },
})
const missing = source('nowhere', () => {
  throw new Error('no such folder')
})

test('takes each file from the first source where it proves right', async () => {
  const kept: string[] = []
  const damaged = source('bad', ({ name }) => (name.includes('images') ? Buffer.alloc(9) : raw[name]!))
  const good = source('good', ({ name }) => gzipSync(raw[name]!), kept)
  const { files, places } = await findFiles(images, [missing, damaged, good])
  expect(Buffer.from(files.testImages).equals(raw['t10k-images-idx3-ubyte']!)).toBe(true)
  expect(places).toEqual(['good', 'bad'])
  expect(kept).toEqual(['train-images-idx3-ubyte', 't10k-images-idx3-ubyte'])
})

test('the error lists every source with its reason and says how to work offline; nothing wrong is kept', async () => {
  const kept: string[] = []
  const other = source(
    'altered',
    ({ name }) => Buffer.from(raw[name]!.map((byte, i) => (i === 20 ? 99 : byte))),
    kept,
  )
  const bomb = source('bomb', () => gzipSync(Buffer.alloc(1_000_000)), kept)
  const short = source('short', ({ name }) => raw[name]!.subarray(1), kept)
  const { message } = await expectError(
    () => findFiles(images, [missing, other, bomb, short], { advice: 'Name it.' }),
    {
      code: 'file',
    },
  )
  expect(message).toContain('Tiny was not found: no source has train-images-idx3-ubyte')
  expect(message).toContain('\n  - nowhere: no such folder')
  expect(message).toMatch(
    /\n {2}- altered: train-images-idx3-ubyte: not the published data. Got SHA-256 [0-9a-f]{64}; expected [0-9a-f]{64}/,
  )
  expect(message).toContain('\n  - bomb: train-images-idx3-ubyte: decompresses to more than it should')
  expect(message).toContain('\n  - short: train-images-idx3-ubyte: wrong length. Got 75 bytes; expected 76')
  expect(message).toContain(
    'To work offline, put train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and ' +
      't10k-labels-idx1-ubyte (with or without .gz) in a folder. Name it. Copy them.',
  )
  expect(kept).toEqual([])
  await expectError(() => findFiles(images, []), { message: /Got no source to look in/ })
})

test('stops at once when aborted', async () => {
  const controller = new AbortController()
  const aborting = source('first', () => {
    controller.abort(new Error('enough'))
    throw new Error('lost')
  })
  const never = source('second', () => {
    throw new Error('must not be asked')
  })
  await expect(findFiles(images, [aborting, never], { signal: controller.signal })).rejects.toThrow('enough')
})
