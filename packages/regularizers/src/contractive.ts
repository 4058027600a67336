import { define, differentiate, nonNegative, positiveInt, sizeOf } from '@sandglass/core'
import { eye, mul, reshape, type Scalar, square, sum, type Tensor, tile } from '@tensorflow/tfjs-core'
import { z } from 'zod'

/**
 * weight · mean over the batch of ‖J‖²_F, the squared Frobenius norm of the Jacobian of a mapping at each sample: codes
 * that change little with the input. Rifai et al. 2011, Contractive Auto-Encoders, ICML, equation 4 (there λ times the
 * sum over the training set).
 *
 * `exact`: the batch comes as often as there are latent units, and each copy pulls back one of them, Σ_j ‖∂h_j/∂x‖². One
 * forward and one backward pass for any encoder, whose cost grows with the latent size.
 *
 * `stochastic`: ‖Jᵀv‖² with v standard normal, whose expectation is ‖J‖²_F (Hutchinson 1989), averaged over `samples`
 * draws for each sample. Its cost does not grow with the latent size; its standard deviation at a sample is at most
 * √(2 / samples) times its value, and is averaged over the batch.
 */
export const contractive = define('mappingRegularizer', {
  type: 'contractive',
  description: "squared Frobenius norm of the encoder's Jacobian",
  aliases: { type: ['cae', 'jacobian'], options: { weight: ['factor', 'lambda', 'strength'] } },
  schema: z.strictObject({
    weight: nonNegative,
    estimator: z.enum(['exact', 'stochastic']).default('exact'),
    /** Draws of the stochastic estimator for each sample. */
    samples: positiveInt.default(1),
  }),
  build: ({ weight, estimator, samples }) => {
    return (mapping, input, { random }, path) => {
      const batch = input.shape[0]!
      const latent = sizeOf(mapping.outputShape)
      const copies = estimator === 'exact' ? latent : samples
      const pulled = pullBack(mapping.apply, copied(input, copies), (codes) => {
        if (estimator === 'exact')
          return mul(reshape(codes, [latent, batch, latent]), reshape(eye(latent), [latent, 1, latent]))
        const directions = random.normal(`${path}/noise`, [samples * batch, latent])
        return mul(reshape(codes, [samples * batch, latent]), directions)
      })
      const norms = sum(square(pulled))
      return mul(norms, weight / (estimator === 'exact' ? batch : samples * batch)) as Scalar
    }
  },
})

/** The whole batch so many times, one copy after another. */
function copied(input: Tensor, times: number): Tensor {
  return times === 1 ? input : tile(input, [times, ...input.shape.slice(1).map(() => 1)])
}

/** The gradient of the sum of `projected(f(x))` at `x`, which can be differentiated again. */
function pullBack(f: (x: Tensor) => Tensor, x: Tensor, projected: (y: Tensor) => Tensor): Tensor {
  const { gradients } = differentiate(
    ({ input }) => ({ value: sum(projected(f(input!))) as Scalar, extra: {} }),
    { input: x },
  )
  return gradients.input!
}
