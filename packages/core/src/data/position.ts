import { type Shape, showShape, sizeOf } from '../shape'

/** Where flat element `index` of `[size, …shape]` lies, in words; rows and columns count from 0. */
export function describePosition(index: number, shape: Shape): string {
  const width = sizeOf(shape)
  const row = Math.floor(index / width)
  if (shape.length === 0) return `row ${row}`
  let rest = index % width
  if (shape.length === 1) return `row ${row}, column ${rest}`
  const position = [...shape].reverse().map((extent) => {
    const at = rest % extent
    rest = Math.floor(rest / extent)
    return at
  })
  return `row ${row}, position ${showShape(position.reverse())}`
}
