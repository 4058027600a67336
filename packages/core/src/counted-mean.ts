import { add, cast, div, mean, mul, reshape, type Scalar, sum, type Tensor } from '@tensorflow/tfjs-core'
import type { Comparison, Loss } from './loss'
import { EPSILON } from './losses/comparing'

/**
 * Mean of a loss or metric over a batch. Without a mask that over its samples, Σ ℓᵢ / batch. With a mask m that over
 * the steps (or other entries) that count, of all samples alike: Σ m·ℓ / (Σ m + 1e-7), where ℓ compares one step with
 * its target. So Keras reduces a loss to an output that has a mask; long sequences weigh more than short ones. What
 * targets hold where the mask is 0 has no influence.
 */
export function countedMean(compare: Loss, comparison: Comparison): Scalar {
  const { target, output, logits, mask } = comparison
  if (!mask) return mean(compare(comparison)) as Scalar
  const entries = (x: Tensor) => {
    const rest = x.shape.slice(mask.rank)
    return reshape(x, [-1, ...(rest.length ? rest : [1])])
  }
  const values = compare({
    target: entries(mul(target, beside(mask, target))),
    output: entries(output),
    logits: logits && { ...logits, value: entries(logits.value) },
  })
  const counts = reshape(cast(mask, 'float32'), [-1])
  return div(sum(mul(values, counts)), add(sum(counts), EPSILON)) as Scalar
}

/** A mask over the first axes of `x` with axes of 1 for the others, so that it can be multiplied with `x`. */
export function beside(mask: Tensor, x: Tensor): Tensor {
  return cast(reshape(mask, [...mask.shape, ...x.shape.slice(mask.rank).map(() => 1)]), 'float32')
}
