import { clipOf, define, EPSILON, nonNegative } from '@sandglass/core'
import { add, log, mean, mul, type Scalar, sub, sum, type Tensor } from '@tensorflow/tfjs-core'
import { z } from 'zod'

/**
 * Makes each unit active on a share `target` of the samples: with q the mean of an activity in (0, 1) over the batch
 * (axis 0), `weight · Σ over units [t·log(t/q) + (1 − t)·log((1 − t)/(1 − q))]`. Both sides of each term are kept
 * within [1e-7, 1] as in `keras.losses.kl_divergence`.
 *
 * As an activity regularizer it acts as weight / batch size, like every Keras regularizer.
 * Ng, Sparse autoencoder, CS294A lecture notes (2011), section 3; Géron, Hands-On Machine Learning, chapter 17.
 */
export const klSparsity = define('regularizer', {
  type: 'klSparsity',
  description: 'KL divergence of mean activities from a target share',
  aliases: {
    type: ['kl', 'kld', 'klDivergence', 'sparsity'],
    options: { weight: ['factor', 'lambda', 'beta', 'strength'], target: ['rho', 'sparsity'] },
  },
  schema: z.strictObject({ weight: nonNegative, target: z.number().gt(0).lt(1).default(0.1) }),
  build: ({ weight, target }) => {
    return (x) => {
      const q = mean(x, 0)
      return mul(sum(add(divergence(target, q), divergence(1 - target, sub(1, q)))), weight) as Scalar
    }
  },
})

/** t·log(t/q) = t·log t − t·log q, elementwise: so written, its gradient is one division. */
function divergence(target: number, q: Tensor): Tensor {
  const t = Math.max(target, EPSILON)
  return sub(t * Math.log(t), mul(log(clipOf(q, EPSILON, 1)), t))
}
