import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { defineLayer } from '../define-layer'
import { SandglassError } from '../errors'
import { initializerSpec, positive, regularizerSpec } from '../schemas'
import { showShape } from '../shape'
import type { WeightDeclaration } from '../weight'

interface Moments {
  /** `[features]` */
  mean: tf.Tensor
  /** `[features]`, of the population (divided by n). */
  variance: tf.Tensor
}

/**
 * `gamma·(x − mean)/√(variance + epsilon) + beta` for each feature of the last axis: `[batch, …, features]` → the same
 * shape. While training mean and variance are the batch's, over all other axes and the steps that the mask counts, and
 * the averages move: `new = momentum·old + (1 − momentum)·batch`. Otherwise, and when the layer is frozen, the averages
 * are used.
 *
 * S. Ioffe and C. Szegedy, arXiv:1502.03167.
 */
export const batchNormalization = defineLayer({
  type: 'batchNormalization',
  description: 'normalises each feature over the batch',
  aliases: {
    type: ['batchNorm', 'batchNorm1d', 'batchNorm2d'],
    options: { epsilon: ['eps'] },
    absent: { axis: 'it is always the last axis', numFeatures: 'their number comes from the input' },
  },
  options: {
    /** How much of the old averages stays at each step. */
    momentum: z.number().min(0).max(1).default(0.99),
    epsilon: positive.default(1e-3),
    /** Whether there is a `beta`. */
    center: z.boolean().default(true),
    /** Whether there is a `gamma`. */
    scale: z.boolean().default(true),
    betaInitializer: initializerSpec().prefault('zeros'),
    gammaInitializer: initializerSpec().prefault('ones'),
    betaRegularizer: regularizerSpec().optional(),
    gammaRegularizer: regularizerSpec().optional(),
  },
  build: (spec, { registry, inputShape, path }) => {
    const { momentum, epsilon, center, scale } = spec
    const features = inputShape.at(-1)
    if (features === undefined)
      throw new SandglassError('shape', `${path}: batch normalization needs at least one axis`, {
        got: `input of shape ${showShape(inputShape)}`,
      })
    const learned = (initializer: { type: string }, regularizer?: { type: string }): WeightDeclaration => ({
      shape: [features],
      initializer: registry.build('initializer', initializer),
      regularizer: regularizer && registry.build('regularizer', regularizer),
    })
    const average = (type: 'zeros' | 'ones'): WeightDeclaration => ({
      shape: [features],
      initializer: registry.build('initializer', type),
      trainable: false,
    })
    return {
      outputShape: inputShape,
      traits: { completes: true },
      weights: {
        ...(scale && { gamma: learned(spec.gammaInitializer, spec.gammaRegularizer) }),
        ...(center && { beta: learned(spec.betaInitializer, spec.betaRegularizer) }),
        movingMean: average('zeros'),
        movingVariance: average('ones'),
      },
      apply: ({ input, weights, context, mask }) => {
        const { gamma, beta, movingMean, movingVariance } = weights
        const used = context.training
          ? momentsOf(input, mask)
          : { mean: movingMean!, variance: movingVariance! }
        const deviation = tf.sqrt(tf.add(used.variance, epsilon))
        const normal = tf.div(tf.sub(input, used.mean), deviation)
        const scaled = gamma ? tf.mul(normal, gamma) : normal
        const output = beta ? tf.add(scaled, beta) : scaled
        if (!context.training) return { output, mask }
        const moved = (old: tf.Tensor, batch: tf.Tensor) =>
          tf.add(tf.mul(old, momentum), tf.mul(batch, 1 - momentum))
        return {
          output,
          mask,
          updates: {
            movingMean: moved(movingMean!, used.mean),
            movingVariance: moved(movingVariance!, used.variance),
          },
        }
      },
    }
  },
})

function momentsOf(input: tf.Tensor, mask?: tf.Tensor): Moments {
  const axes = input.shape.slice(1).map((_, i) => i)
  if (!mask) {
    const mean = tf.mean(input, axes)
    return { mean, variance: tf.mean(tf.square(tf.sub(input, mean)), axes) }
  }
  const counted = tf.cast(
    tf.reshape(mask, [...mask.shape, ...input.shape.slice(mask.rank).map(() => 1)]),
    'float32',
  )
  const weights = tf.broadcastTo(counted, input.shape)
  // As Keras: its epsilon keeps a batch that is masked altogether from dividing by 0.
  const count = tf.add(tf.sum(weights, axes), 1e-7)
  const mean = tf.div(tf.sum(tf.mul(weights, input), axes), count)
  const squares = tf.mul(weights, tf.square(tf.sub(input, mean)))
  return { mean, variance: tf.div(tf.sum(squares, axes), count) }
}
