// Models of two objectives, as a plugin would bring them. For tests.
import {
  buildChain,
  define,
  definePlugin,
  defineProcedure,
  dense,
  type Model,
  nonNegative,
  range,
  type TensorRecord,
} from '@sandglass/core'
import {
  add,
  grad,
  mean,
  mul,
  neg,
  type Scalar,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core'
import { z } from 'zod'

const LATENT = 2

/** The bias of the generator's last layer becomes the mean of the data. */
const centre = defineProcedure({
  description: 'the generator begins at the mean of the data',
  options: z.strictObject({}),
  data: 'required',
  run: async ({ data, progress }) => {
    const { size } = data!
    const [width] = data!.fields.input!.shape as [number]
    const values = new Float32Array(size * width)
    const batch = await data!.batch(range(0, size))
    batch.fill('input', values)
    const means = new Float64Array(width)
    values.forEach((value, i) => {
      means[i % width]! += value / size
    })
    progress(1, 1)
    return { weights: { 'generator/1/bias': { shape: [width], data: Float32Array.from(means) } } }
  },
})

/**
 * A Wasserstein GAN with gradient penalty: a critic three times as often as a generator.
 * Gulrajani et al., Improved Training of Wasserstein GANs, 2017.
 */
const adversaries = define('model', {
  type: 'acme/adversaries',
  description: 'a critic with a gradient penalty, and a generator',
  schema: z.strictObject({ penalty: nonNegative.default(10) }),
  build: (spec, { registry, fields }): Model => {
    const shape = fields.input!
    const site = { registry, earlier: new Map() }
    const hidden = dense({ units: 8, activation: 'tanh' })
    const critic = buildChain([hidden, dense({ units: 1 })], { ...site, path: 'critic', inputShape: shape })
    const generator = buildChain([hidden, dense({ units: shape[0]! })], {
      ...site,
      path: 'generator',
      inputShape: [LATENT],
    })
    type Apply = Model['objectives'][number]['loss']
    type Context = Parameters<Apply>[2]
    const score = (x: Tensor, w: TensorRecord, context: Context) => critic.apply(x, w, context).output
    const generate = (size: number, w: TensorRecord, context: Context) =>
      generator.apply(context.random.normal('code', [size, LATENT]), w, context).output
    const gradientPenalty = (real: Tensor, fake: Tensor, w: TensorRecord, context: Context) => {
      const share = context.random.uniform('share', [real.shape[0]!, 1])
      const between = add(mul(share, real), mul(sub(1, share), fake))
      const slope = grad((x: Tensor) => sum(score(x, w, context)) as Scalar)(between)
      const norm = sqrt(add(sum(square(slope), -1), 1e-12))
      return mul(mean(square(sub(norm, 1))), spec.penalty) as Scalar
    }
    return {
      spec,
      registry,
      fields,
      layers: [...critic.layers, ...generator.layers],
      weights: { ...critic.weights, ...generator.weights },
      functions: {
        score: {
          inputs: { input: shape },
          outputs: { score: [1] },
          apply: (w, { input }, context) => ({ score: score(input!, w, context) }),
        },
        sample: {
          inputs: {},
          outputs: { output: shape },
          apply: (w, _, context, size = 1) => ({ output: generate(size, w, context) }),
        },
      },
      procedures: { centre },
      training: {
        turns: [['critic'], ['critic'], ['critic', 'generator']],
        optimizers: {
          critic: { type: 'adam', learningRate: 0.01, beta1: 0.5 },
          generator: { type: 'adam', learningRate: 0.005, beta1: 0.5 },
        },
        monitor: { name: 'val_critic_distance', mode: 'max' },
        start: 'centre',
      },
      objectives: [
        {
          name: 'critic',
          trains: Object.keys(critic.weights),
          fields: { input: 'required' },
          loss: (w, { input }, context) => {
            const fake = generate(input!.shape[0]!, w, context)
            const distance = sub(mean(score(fake, w, context)), mean(score(input!, w, context))) as Scalar
            const penalty = gradientPenalty(input!, fake, w, context)
            return { total: add(distance, penalty) as Scalar, parts: { distance, penalty } }
          },
        },
        {
          name: 'generator',
          trains: Object.keys(generator.weights),
          fields: { input: 'required' },
          loss: (w, { input }, context) => {
            const total = neg(mean(score(generate(input!.shape[0]!, w, context), w, context))) as Scalar
            return { total, parts: { score: total } }
          },
        },
      ],
    }
  },
})

/** An encoder that first learns to reconstruct, and from epoch 3 on, with a new optimizer, to tell classes apart. */
const pretrained = define('model', {
  type: 'acme/pretrained',
  description: 'an encoder that is pretrained, then fine-tuned',
  schema: z.strictObject({ classes: z.int().positive() }),
  build: (spec, { registry, fields }): Model => {
    const shape = fields.input!
    const site = { registry, earlier: new Map() }
    const code = dense({ units: 3, activation: 'tanh' })
    const encoder = buildChain([code], { ...site, path: 'encoder', inputShape: shape })
    const decoder = buildChain([dense({ units: shape[0]! })], { ...site, path: 'decoder', inputShape: [3] })
    const head = buildChain([dense({ units: spec.classes, activation: 'softmax' })], {
      ...site,
      path: 'head',
      inputShape: [3],
    })
    const compare = registry.build('loss', 'meanSquaredError')
    const classify = registry.build('loss', 'sparseCategoricalCrossentropy')
    return {
      spec,
      registry,
      fields,
      layers: [...encoder.layers, ...decoder.layers, ...head.layers],
      weights: { ...encoder.weights, ...decoder.weights, ...head.weights },
      functions: {
        encode: {
          inputs: { input: shape },
          outputs: { code: [3] },
          apply: (w, { input }, context) => ({ code: encoder.apply(input!, w, context).output }),
        },
      },
      training: {
        turns: [
          { turns: [['pretraining']] },
          { from: { epoch: 3 }, turns: [['fineTuning']], reset: ['fineTuning'] },
        ],
        optimizers: {
          pretraining: { type: 'adam', learningRate: 0.05 },
          fineTuning: { type: 'sgd', learningRate: 0.2, momentum: 0.9 },
        },
      },
      objectives: [
        {
          name: 'pretraining',
          trains: Object.keys({ ...encoder.weights, ...decoder.weights }),
          fields: { input: 'required' },
          loss: (w, { input }, context) => {
            const { output } = decoder.apply(encoder.apply(input!, w, context).output, w, context)
            const total = mean(compare({ target: input!, output })) as Scalar
            return { total, parts: { reconstruction: total } }
          },
        },
        {
          name: 'fineTuning',
          trains: Object.keys({ ...encoder.weights, ...head.weights }),
          fields: { input: 'required', label: 'required' },
          loss: (w, { input, label }, context) => {
            const { output, logits } = head.apply(encoder.apply(input!, w, context).output, w, context)
            const comparison = { target: label!, output, logits }
            const total = mean(classify(comparison)) as Scalar
            return { total, parts: { classification: total }, comparison }
          },
        },
      ],
    }
  },
})

export const twoObjectives = definePlugin({
  name: 'acme',
  version: '1.0.0',
  apiVersion: 1,
  definitions: [adversaries, pretrained],
})
