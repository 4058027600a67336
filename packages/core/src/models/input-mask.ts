import { mul, type Tensor, tile } from '@tensorflow/tfjs-core'
import type { Chain, ChainResult } from '../chain'
import type { Context } from '../context'
import { beside } from '../counted-mean'
import { SandglassError } from '../errors'
import { type Shape, sameShape, showShape } from '../shape'
import type { TensorRecord } from '../tensors'

// What definitions of models do with the field `mask` of their data: which steps of an input, or other entries, count.

/** Throws `SandglassError` (`shape`) unless a mask has the shape of the first axes of the input. */
export function checkMask(type: string, mask: Shape | undefined, input: Shape): void {
  if (!mask || (mask.length && sameShape(mask, input.slice(0, mask.length)))) return
  throw new SandglassError('shape', `${type}: the field "mask" does not fit the input`, {
    got: `a mask of shape ${showShape(mask)} for an input of shape ${showShape(input)}`,
    expected: `a number for each step, ${showShape(input.slice(0, 1))}, or other part of the input, 1 where it counts`,
  })
}

/** Applies a chain to an input `[batch, …]`, which is 0 where the mask is; layers of sequences get the mask too. */
export function applyMasked(
  chain: Chain,
  input: Tensor,
  weights: TensorRecord,
  context: Context,
  mask?: Tensor,
): ChainResult {
  if (!mask) return chain.apply(input, weights, context)
  const whole = repeated(mask, input.shape[0]!)
  const ofSteps = mask.rank === 2 && input.rank > 2
  return chain.apply(mul(input, beside(whole, input)), weights, context, ofSteps ? whole : undefined)
}

/** A mask for a batch that comes several times over. */
function repeated(mask: Tensor, size: number): Tensor {
  const [batch, ...steps] = mask.shape
  return size === batch ? mask : tile(mask, [size / batch!, ...steps.map(() => 1)])
}

/** The mask, if it is for tensors `[batch, …shape]`, of which it has the first axes. */
export function maskFor(shape: Shape, mask: Tensor | undefined): Tensor | undefined {
  const own = mask?.shape.slice(1)
  return own && sameShape(own, shape.slice(0, own.length)) ? mask : undefined
}
