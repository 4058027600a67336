import { mul, type Tensor, tile } from '@tensorflow/tfjs-core'
import type { Chain, ChainResult } from '../chain'
import type { Context } from '../context'
import { beside } from '../counted-mean'
import { SandglassError } from '../errors'
import { type Shape, sameShape, showShape } from '../shape'
import { withMask } from '../side'
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

/**
 * Applies a chain to an input `[batch, …]`, which is 0 where the mask `side.mask` is; layers of sequences get the mask
 * too. The input may be the batch several times over: so are then what layers read beside it.
 */
export function applyMasked(
  chain: Chain,
  input: Tensor,
  weights: TensorRecord,
  context: Context,
  side: TensorRecord = {},
): ChainResult {
  const size = input.shape[0]!
  const read = Object.keys(chain.side).filter((name) => side[name])
  const others = Object.fromEntries(read.map((name) => [name, repeated(side[name]!, size)]))
  if (!side.mask) return chain.apply(input, weights, context, others)
  const mask = repeated(side.mask, size)
  const ofSteps = mask.rank === 2 && input.rank > 2
  return chain.apply(
    mul(input, beside(mask, input)),
    weights,
    context,
    withMask(others, ofSteps ? mask : undefined),
  )
}

/** `[batch, …]` for a batch that comes several times over. */
function repeated(x: Tensor, size: number): Tensor {
  const [batch, ...shape] = x.shape
  return size === batch ? x : tile(x, [size / batch!, ...shape.map(() => 1)])
}

/** The mask, if it is for tensors `[batch, …shape]`, of which it has the first axes. */
export function maskFor(shape: Shape, mask: Tensor | undefined): Tensor | undefined {
  const own = mask?.shape.slice(1)
  return own && sameShape(own, shape.slice(0, own.length)) ? mask : undefined
}
