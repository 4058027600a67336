import type { Shape } from '../shape'

/** Fan-in and fan-out of a kernel as Keras counts them: the last two axes, times the receptive field before them. */
export function fans(shape: Shape): { fanIn: number; fanOut: number } {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 }
  const field = shape.slice(0, -2).reduce((product, extent) => product * extent, 1)
  return { fanIn: shape.at(-2)! * field, fanOut: shape.at(-1)! * field }
}
