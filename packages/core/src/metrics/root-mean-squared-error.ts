import { sqrt } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { meanSquaredError } from '../losses/index'

/**
 * √ of the mean squared error of each sample. What is reported is the mean of these roots, which does not depend on
 * how samples are batched; Keras reports the root of the mean over all samples, which is never smaller.
 */
export const rootMeanSquaredError = define('metric', {
  type: 'rootMeanSquaredError',
  description: '√ mean (y − t)² of each sample',
  aliases: { type: ['rmse'] },
  schema: z.strictObject({}),
  build: () => {
    const squared = meanSquaredError.build(meanSquaredError() as never, undefined)
    return (comparison) => sqrt(squared(comparison))
  },
})
