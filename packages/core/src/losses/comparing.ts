import { reshape, type Tensor } from '@tensorflow/tfjs-core'
import { SandglassError } from '../errors'
import type { Comparison, Loss } from '../loss'
import { showShape } from '../shape'
import { meanPerSample } from './mean-per-sample'

/** Keras's `epsilon()`: what probabilities are kept away from 0 (and 1) by. */
export const EPSILON = 1e-7

/** A loss from one value per element (or per row: `[batch, …, n]` → `[batch, …]`), averaged within each sample. */
export function comparing(type: string, compare: (comparison: Comparison) => Tensor): Loss {
  return (comparison) => {
    const { target, output } = comparison
    if (target.rank !== output.rank || target.shape.some((extent, i) => extent !== output.shape[i]))
      throw mismatch(type, target, `target and output of the same shape, ${showShape(output.shape)}`)
    return meanPerSample(compare(comparison))
  }
}

/**
 * The same for targets that are class numbers: `[batch, …]`, or with a last axis of 1, against an output
 * `[batch, …, classes]`.
 */
export function comparingClasses(type: string, compare: (comparison: Comparison) => Tensor): Loss {
  return (comparison) => {
    const { target, output } = comparison
    const expected = output.shape.slice(0, -1)
    const given =
      target.rank === output.rank && target.shape.at(-1) === 1 ? target.shape.slice(0, -1) : target.shape
    if (given.length !== expected.length || given.some((extent, i) => extent !== expected[i]))
      throw mismatch(
        type,
        target,
        `class numbers of shape ${showShape(expected)} for outputs ${showShape(output.shape)}`,
      )
    return meanPerSample(compare({ ...comparison, target: reshape(target, expected) }))
  }
}

function mismatch(type: string, target: Tensor, expected: string): SandglassError {
  return new SandglassError('shape', `${type}: target and output do not fit together`, {
    got: `a target of shape ${showShape(target.shape)}`,
    expected,
  })
}

/** Options that cross-entropies have elsewhere. */
export const logitsAbsent = {
  fromLogits: 'after a sigmoid or softmax its logits are used without being asked for',
}
