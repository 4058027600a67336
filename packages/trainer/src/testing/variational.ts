import {
  buildChain,
  type Context,
  controlOf,
  controlSpec,
  define,
  dense,
  type Model,
  type Objective,
  type SpecOf,
  sumParts,
  type TensorRecord,
} from '@sandglass/core'
import { add, exp, mean, mul, type Scalar, split, square, sub, sum, type Tensor } from '@tensorflow/tfjs-core'
import { z } from 'zod'

/**
 * A small variational autoencoder with two controls, for tests: `beta` weighs the divergence, `temperature` scales what
 * `sample` draws.
 */
export const variational = define('model', {
  type: 'test/variational',
  description: 'for tests',
  schema: z.strictObject({
    latent: z.int().positive().default(2),
    beta: controlSpec().default(1),
  }),
  build: (spec, { registry, fields }): Model => {
    const { latent, beta } = spec
    const width = fields.input![0]!
    const earlier = new Map()
    const encoder = buildChain([dense({ units: 2 * latent })], {
      registry,
      path: 'encoder',
      inputShape: [width],
      earlier,
    })
    const decoder = buildChain([dense({ units: width, activation: 'sigmoid' })], {
      registry,
      path: 'decoder',
      inputShape: [latent],
      earlier,
    })
    const weights = { ...encoder.weights, ...decoder.weights }
    const encode = (input: Tensor, w: TensorRecord, context: Context) =>
      split(encoder.apply(input, w, context).output, 2, 1) as [Tensor, Tensor]
    const objective: Objective = {
      name: 'evidence',
      trains: Object.keys(weights),
      fields: { input: 'required' },
      loss: (w, { input }, context) => {
        const [centre, logVariance] = encode(input!, w, context)
        const noise = context.random.normal('encoder/sample', centre.shape)
        const code = add(centre, mul(exp(mul(logVariance, 0.5)), noise))
        const { output } = decoder.apply(code, w, context)
        const reconstruction = mean(square(sub(output, input!))) as Scalar
        const divergence = sub(add(square(centre), exp(logVariance)), add(logVariance, 1))
        const kl = mul(mean(sum(divergence, 1)), 0.5) as Scalar
        const weighted = mul(kl, controlOf(context, 'beta')) as Scalar
        return { ...sumParts({ reconstruction, weighted }), measures: { kl } }
      },
    }
    return {
      spec,
      registry,
      fields: { input: [width] },
      layers: [...encoder.layers, ...decoder.layers],
      weights,
      functions: {
        encode: {
          inputs: { input: [width] },
          outputs: { code: [latent] },
          apply: (w, { input }, context) => ({ code: encode(input!, w, context)[0] }),
        },
        sample: {
          inputs: {},
          outputs: { output: [width] },
          apply: (w, _, context, size = 1) => {
            const code = mul(
              context.random.normal('prior', [size, latent]),
              controlOf(context, 'temperature'),
            )
            return { output: decoder.apply(code, w, context).output }
          },
        },
      },
      objectives: [objective],
      controls: { beta, temperature: 1 },
    }
  },
})

declare module '@sandglass/core' {
  interface ModelSpecs {
    'test/variational': SpecOf<typeof variational>
  }
}
