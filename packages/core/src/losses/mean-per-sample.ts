import { mean, reshape, type Tensor } from '@tensorflow/tfjs-core'

/** Mean over all axes but the first: `[batch, …]` → `[batch]`. */
export function meanPerSample(x: Tensor): Tensor {
  return x.rank === 1 ? x : mean(x.rank === 2 ? x : reshape(x, [x.shape[0]!, -1]), 1)
}
