import type { Dataset, StreamedDataset } from '../dataset'
import { createStream } from './create-stream'
import { range } from './rows'

/** The samples of a dataset one after another, in chunks of `chunk` (default 1,024). */
export function streamOf(dataset: Dataset, { chunk = 1024 }: { chunk?: number } = {}): StreamedDataset {
  const { name, size, fields } = dataset
  return createStream(name, {
    size,
    fields,
    seek: true,
    read: async function* ({ from, fields: wanted }) {
      for (let at = from; at < size; at += chunk)
        yield await dataset.batch(range(at, Math.min(at + chunk, size)), wanted)
    },
  })
}
