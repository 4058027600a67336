import { createBatch, createDataset, createStream, type StreamedDataset, streamOf } from '@sandglass/core'
import { expect, test } from 'vitest'
import { streamLaws } from './stream-laws'

const sound = streamOf(createDataset('s', { input: { shape: [], data: Float32Array.of(1, 2, 3, 4, 5) } }), {
  chunk: 2,
})
const changed = (changes: Partial<StreamedDataset>): StreamedDataset => ({ ...sound, ...changes })

test('a sound stream passes', () => streamLaws(sound))

let passes = 0
test.each<[string, StreamedDataset, RegExp]>([
  [
    'begins at the beginning',
    changed({ read: () => sound.read() }),
    /from sample 1 on it gives other samples/,
  ],
  ['miscounts', changed({ size: 6 }), /it says 6 samples and has 5/],
  [
    'changes from pass to pass',
    createStream('s', {
      fields: sound.fields,
      read: async function* () {
        yield createBatch({ input: { shape: [], data: Float32Array.of(passes++) } })
      },
    }),
    /a second pass gives other samples/,
  ],
  [
    'has another shape in chunks',
    changed({ fields: { input: { shape: [1], dtype: 'float32' } } }),
    /in a chunk \[\]/,
  ],
  ['is empty', createStream('s', { fields: sound.fields, read: async function* () {} }), /it has no samples/],
])('one that %s does not', async (_, stream, message) => {
  await expect(streamLaws(stream)).rejects.toThrow(message)
})
