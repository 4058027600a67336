import type { AnyDataset } from '@sandglass/core'
import { readDataset } from './dataset-reader'
import type { Reader, ReadOptions } from './reader'
import { readStream } from './stream-reader'

/** Begins a pass over the data. */
export function readBatches(data: AnyDataset, options: ReadOptions): Reader {
  return 'read' in data ? readStream(data, options) : readDataset(data, options)
}
