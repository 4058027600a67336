import { SandglassError } from './errors'
import type { Model } from './model'
import { createStreams } from './random/streams'
import { showShape, sizeOf } from './shape'
import type { HostRecord, HostTensor } from './tensors'

/**
 * The weights that a model starts from: each drawn by its initializer from the stream `weights/<full name>`, so a
 * weight's values do not depend on which other weights there are.
 */
export function initialWeights(model: Model, seed: number): HostRecord {
  const streams = createStreams(seed)
  return Object.fromEntries(
    Object.entries(model.weights).map(([name, { shape, initializer }]): [string, HostTensor] => {
      const data = initializer(shape, streams.at(`weights/${name}`))
      if (data.length !== sizeOf(shape))
        throw new SandglassError('shape', `the initializer of "${name}" made a weight of the wrong size`, {
          got: `${data.length} values`,
          expected: `${sizeOf(shape)} for ${showShape(shape)}`,
        })
      return [name, { shape, data }]
    }),
  )
}
