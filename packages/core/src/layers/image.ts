import { z } from 'zod'
import { SandglassError } from '../errors'
import type { Pair } from '../ops/windows'
import { positiveInt } from '../schemas'
import { type Shape, showShape } from '../shape'

/** A whole number for both axes of an image, or `[height, width]`. */
export const pairOption = () => z.union([positiveInt, z.tuple([positiveInt, positiveInt])])
/** `same` pads with zeros so that strides of 1 keep the extents; `valid` does not pad. */
export const paddingOption = () => z.enum(['valid', 'same']).default('valid')

export type Padding = 'valid' | 'same'

export function pairOf(value: number | readonly number[]): Pair {
  return typeof value === 'number' ? [value, value] : [value[0]!, value[1]!]
}

/** Height, width and channels of the images that come in; throws when they are none. */
export function imageShape(shape: Shape, path: string, what: string): readonly [number, number, number] {
  if (shape.length !== 3)
    throw new SandglassError('shape', `${path}: ${what} works on images`, {
      got: `input of shape ${showShape(shape)}`,
      expected: 'input of shape [height, width, channels]',
      advice: shape.length === 2 ? 'Put reshape({ shape: [height, width, 1] }) before it.' : undefined,
    })
  return shape as readonly [number, number, number]
}

/** How often windows fit, per axis; throws when not once. `what`: `a kernel`, `a pool`. */
export function positions(
  input: Pair,
  size: Pair,
  strides: Pair,
  padding: Padding,
  { path, what }: { path: string; what: string },
): [number, number] {
  const counts = [0, 1].map((axis) =>
    padding === 'same'
      ? Math.ceil(input[axis]! / strides[axis]!)
      : Math.floor((input[axis]! - size[axis]!) / strides[axis]!) + 1,
  ) as [number, number]
  if (counts.some((count) => count < 1))
    throw new SandglassError(
      'shape',
      `${path}: ${what} is larger than its input, less than one pixel would be left`,
      {
        got: `${what} of ${show(size)} on an image of ${show(input)}`,
        expected: `at most ${show(input)}`,
        advice: 'Use padding "same", or fewer or smaller layers that shrink the image before it.',
      },
    )
  return counts
}

export function show([height, width]: Pair): string {
  return `${height} × ${width}`
}
