import { z } from 'zod'
import { define } from '../definition'
import { sizeOf } from '../shape'

/**
 * Codes from N(0, I), the prior of the usual variational autoencoder. Each number of a code is standard normal and
 * independent of all others; there is nothing to fit.
 *
 * @example
 * const images = await sample(trained, { sampler: standardNormal(), size: 16, seed: 1 }) // [16, …]
 */
export const standardNormal = define('sampler', {
  type: 'standardNormal',
  description: 'codes from N(0, I), the prior of variational autoencoders',
  schema: z.strictObject({}),
  build: () => ({
    sample: ({ size, shape, streams, draw }) => ({
      shape: [size, ...shape],
      data: streams.at('sampler/code', draw).normal(new Float32Array(size * sizeOf(shape))),
    }),
  }),
})
