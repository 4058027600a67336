import { createDataset, createStreams, type MemoryDataset } from '@sandglass/core'
import { checkSize, checkSpreads } from './options'

export interface BlobsOptions {
  /** Default 1,000. */
  size?: number
  /** Number of clusters. Default 3. */
  classes?: number
  /** Number of coordinates. Default 2. */
  features?: number
  /** Standard deviation of each cluster. Default 1. */
  spread?: number
  /** Cluster centres are uniform on [−box, box] in each coordinate. Default 10. */
  box?: number
  seed: number
}

/**
 * Isotropic normal clusters of as equal a size as can be, classes in turn. `input` `[features]`, `label` the cluster.
 */
export function blobs(options: BlobsOptions): MemoryDataset {
  const { size = 1000, classes = 3, features = 2, spread = 1, box = 10, seed } = options
  checkSize('blobs', size)
  checkSize('blobs (classes)', classes)
  checkSize('blobs (features)', features)
  checkSpreads('blobs', { spread, box })
  const streams = createStreams(seed)
  const centres = streams.at('data/blobs/centres').uniform(new Float32Array(classes * features), -box, box)
  const input = streams.at('data/blobs/noise').normal(new Float32Array(size * features))
  const label = Int32Array.from({ length: size }, (_, i) => i % classes)
  for (let i = 0; i < size; i++)
    for (let j = 0; j < features; j++)
      input[i * features + j] = input[i * features + j]! * spread + centres[label[i]! * features + j]!
  return createDataset('blobs', {
    input: { shape: [features], data: input },
    label: { shape: [], data: label },
  })
}
