import {
  buildChain,
  type Context,
  controlOf,
  define,
  layerSpec,
  type Model,
  nonNegative,
  positiveInt,
  type TensorRecord,
} from '@sandglass/core'
import { add, mean, mul, neg, type Scalar, softplus, type Tensor } from '@tensorflow/tfjs-core'
import { z } from 'zod'

/**
 * An autoencoder whose codes a critic cannot tell from N(0, I). Two objectives take turns:
 *
 * - `critic`, which trains the critic: mean softplus(-D(z)) + mean softplus(D(E(x))), z from N(0, I);
 * - `autoencoder`, which trains encoder and decoder: mean squared error + adversarial·mean softplus(-D(E(x))).
 *
 * Makhzani et al., Adversarial Autoencoders, 2015.
 */
export const adversarial = define('model', {
  type: 'rings/adversarial',
  description: 'an autoencoder whose codes look like normal noise to a critic',
  schema: z.strictObject({
    latent: positiveInt,
    encoder: z.array(layerSpec()),
    decoder: z.array(layerSpec()),
    critic: z.array(layerSpec()),
    weight: nonNegative.default(0.1),
  }),
  build: (spec, { registry, fields }): Model => {
    const input = fields.input!
    const { latent } = spec
    const site = { registry, earlier: new Map() }
    const code = { type: 'dense', units: latent }
    const score = { type: 'dense', units: 1 }
    const encoder = buildChain([...spec.encoder, code], { ...site, path: 'encoder', inputShape: input })
    const decoder = buildChain(spec.decoder, { ...site, path: 'decoder', inputShape: [latent] })
    const critic = buildChain([...spec.critic, score], { ...site, path: 'critic', inputShape: [latent] })
    const compare = registry.build('loss', 'meanSquaredError')

    const encode = (x: Tensor, w: TensorRecord, context: Context) => encoder.apply(x, w, context).output
    const decode = (z: Tensor, w: TensorRecord, context: Context) => decoder.apply(z, w, context).output
    const judge = (z: Tensor, w: TensorRecord, context: Context) => critic.apply(z, w, context).output

    return {
      spec,
      registry,
      fields,
      layers: [...encoder.layers, ...decoder.layers, ...critic.layers],
      weights: { ...encoder.weights, ...decoder.weights, ...critic.weights },
      functions: {
        encode: {
          inputs: { input },
          outputs: { code: [latent] },
          apply: (w, { input }, context) => ({ code: encode(input!, w, context) }),
        },
        decode: {
          inputs: { code: [latent] },
          outputs: { output: input },
          apply: (w, { code }, context) => ({ output: decode(code!, w, context) }),
        },
        reconstruct: {
          inputs: { input },
          outputs: { output: input },
          apply: (w, { input }, context) => ({ output: decode(encode(input!, w, context), w, context) }),
        },
      },
      controls: { adversarial: spec.weight },
      training: {
        turns: [['critic'], ['autoencoder']],
        optimizers: {
          critic: { type: 'adam', learningRate: 0.002 },
          autoencoder: { type: 'adam', learningRate: 0.01 },
        },
        monitor: 'val_autoencoder_reconstruction',
      },
      objectives: [
        {
          name: 'critic',
          trains: Object.keys(critic.weights),
          fields: { input: 'required' },
          loss: (w, { input }, context) => {
            const codes = encode(input!, w, context)
            const prior = context.random.normal('prior', codes.shape)
            const real = mean(softplus(neg(judge(prior, w, context)))) as Scalar
            const fake = mean(softplus(judge(codes, w, context))) as Scalar
            return { total: add(real, fake) as Scalar, parts: { real, fake } }
          },
        },
        {
          name: 'autoencoder',
          trains: Object.keys({ ...encoder.weights, ...decoder.weights }),
          fields: { input: 'required' },
          loss: (w, { input }, context) => {
            const codes = encode(input!, w, context)
            const output = decode(codes, w, context)
            const reconstruction = mean(compare({ target: input!, output })) as Scalar
            const fooling = mul(
              mean(softplus(neg(judge(codes, w, context)))),
              controlOf(context, 'adversarial'),
            ) as Scalar
            return { total: add(reconstruction, fooling) as Scalar, parts: { reconstruction, fooling } }
          },
        },
      ],
    }
  },
})
