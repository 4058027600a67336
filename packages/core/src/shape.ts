/** The extents of one sample, without the batch dimension: `[28, 28]`, `[784]`. */
export type Shape = readonly number[]

/** Shapes by name. */
export type Shapes = Readonly<Record<string, Shape>>

/** Number of elements of one sample of this shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1)
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, i) => extent === b[i])
}

/** `[28, 28]` as text for messages. */
export function showShape(shape: Shape): string {
  return `[${shape.join(', ')}]`
}
