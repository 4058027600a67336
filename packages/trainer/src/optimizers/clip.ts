import type { Optimizer, TensorRecord } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'

/** How gradients are kept small: one of the three. */
export interface Clipping {
  /** Each element into `[−clipValue, clipValue]`. */
  readonly clipValue?: number
  /** Each weight's gradient to an L2 norm of at most this. */
  readonly clipNorm?: number
  /** All gradients, seen as one vector, to an L2 norm of at most this. */
  readonly globalClipNorm?: number
}

/** Clips the gradients before `optimizer` sees them. */
export function clipped(optimizer: Optimizer, { clipValue, clipNorm, globalClipNorm }: Clipping): Optimizer {
  const clip =
    clipValue !== undefined
      ? each((g) => tf.clipByValue(g, -clipValue, clipValue))
      : clipNorm !== undefined
        ? each((g) => tf.mul(g, shrink(tf.sqrt(tf.sum(tf.square(g))), clipNorm)))
        : globalClipNorm !== undefined
          ? (gradients: TensorRecord) => clipTogether(gradients, globalClipNorm)
          : undefined
  if (!clip) return optimizer
  return { ...optimizer, update: (input) => optimizer.update({ ...input, gradients: clip(input.gradients) }) }
}

function clipTogether(gradients: TensorRecord, limit: number): TensorRecord {
  const norm = tf.sqrt(tf.addN(Object.values(gradients).map((g) => tf.sum(tf.square(g)))))
  // Like Keras: the difference is 0, or NaN when the norm is not finite, which must not pass for a small gradient.
  const scale = tf.add(shrink(norm, limit), tf.sub(norm, norm))
  return each((g) => tf.mul(g, scale))(gradients)
}

/** min(1, limit / norm), also for a norm of 0. */
function shrink(norm: tf.Tensor, limit: number): tf.Tensor {
  return tf.div(limit, tf.maximum(norm, limit))
}

function each(f: (gradient: tf.Tensor) => tf.Tensor) {
  return (gradients: TensorRecord): TensorRecord =>
    Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, f(gradient)]))
}
