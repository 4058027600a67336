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
      advice: imageAdvice(shape),
    })
  return shape as readonly [number, number, number]
}

function imageAdvice(shape: Shape): string | undefined {
  if (shape.length === 2)
    return `Images without channels get one by reshape({ shape: ${showShape([...shape, 1])} }) before it.`
  if (shape.length === 1)
    return 'A vector becomes an image by reshape({ shape: [height, width, channels] }) before it.'
  return undefined
}

/** How often windows fit, per axis; throws when not once. `what`: `a kernel`, `a pool`. */
export function positions(
  input: Pair,
  size: Pair,
  strides: Pair,
  padding: Padding,
  { path, what, sequence = false }: { path: string; what: string; sequence?: boolean },
): [number, number] {
  const counts = [0, 1].map((axis) =>
    padding === 'same'
      ? Math.ceil(input[axis]! / strides[axis]!)
      : Math.floor((input[axis]! - size[axis]!) / strides[axis]!) + 1,
  ) as [number, number]
  if (counts.some((count) => count < 1)) {
    const extent = (pair: Pair) => (sequence ? String(pair[1]) : show(pair))
    const whole = sequence ? 'sequence' : 'image'
    throw new SandglassError(
      'shape',
      `${path}: ${what} is larger than its input, less than one ${sequence ? 'step' : 'pixel'} would be left`,
      {
        got: `${what} of ${extent(size)} on ${sequence ? 'a' : 'an'} ${whole} of ${extent(input)}`,
        expected: `at most ${extent(input)}`,
        advice: `Use padding "same", or fewer or smaller layers that shrink the ${whole} before it.`,
      },
    )
  }
  return counts
}

export function show([height, width]: Pair): string {
  return `${height} × ${width}`
}
