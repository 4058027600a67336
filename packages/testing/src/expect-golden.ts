import { Tensor } from '@tensorflow/tfjs-core'

/** Numbers nested as deep as the shape, as they stand in a golden file. */
export type Nested = number | readonly Nested[]

export type Golden = Nested | { readonly shape: readonly number[]; readonly data: ArrayLike<number> }

export interface Tolerance {
  /** Allowed |got − expected| / |expected|. Default 1e-5. */
  relative?: number
  /** Allowed |got − expected| besides. Default 1e-6. */
  absolute?: number
}

/**
 * Asserts that `actual` has the golden's shape and values: |got − expected| ≤ absolute + relative·|expected|
 * everywhere; NaN and infinities only match themselves. Flat arrays are compared without shape against goldens that
 * have none of their own. Tensors are read synchronously; where a backend cannot, pass `await tensor.data()`.
 */
export function expectGolden(
  actual: Tensor | ArrayLike<number> | Nested,
  golden: Golden,
  { relative = 1e-5, absolute = 1e-6 }: Tolerance = {},
): void {
  const got = read(actual)
  const want = read(golden)
  const flat = !(actual instanceof Tensor) && ArrayBuffer.isView(actual)
  if (got.data.length !== want.data.length || (!flat && got.shape.join() !== want.shape.join()))
    throw new Error(`the shape differs: got [${got.shape.join(', ')}], expected [${want.shape.join(', ')}]`)
  let worst = -1
  let excess = 0
  let wrong = 0
  for (let i = 0; i < want.data.length; i++) {
    const g = got.data[i]!
    const w = want.data[i]!
    if (Object.is(g, w) || g === w) continue
    const ratio = Math.abs(g - w) / (absolute + relative * Math.abs(w))
    if (ratio <= 1) continue
    wrong++
    const size = Number.isFinite(ratio) ? ratio : Number.POSITIVE_INFINITY
    if (worst < 0 || size > excess) {
      worst = i
      excess = size
    }
  }
  if (!wrong) return
  const [g, w] = [got.data[worst]!, want.data[worst]!]
  throw new Error(
    `${wrong} of ${want.data.length} values differ, worst at ${place(worst, want.shape)}: got ${g}, expected ${w}, ` +
      `off by ${Math.abs(g - w).toExponential(2)} (allowed: relative ${relative}, absolute ${absolute})`,
  )
}

function read(value: Tensor | ArrayLike<number> | Golden): {
  shape: readonly number[]
  data: ArrayLike<number>
} {
  if (value instanceof Tensor) return { shape: value.shape, data: value.dataSync() }
  if (ArrayBuffer.isView(value))
    return { shape: [(value as unknown as Float32Array).length], data: value as never }
  if (typeof value === 'object' && 'data' in value) return value
  const shape: number[] = []
  for (let at = value as Nested; typeof at !== 'number'; at = at[0]!) {
    shape.push(at.length)
    if (!at.length) break
  }
  return { shape, data: flatten(value as Nested, shape) }
}

function flatten(value: Nested, shape: readonly number[]): number[] {
  if (typeof value === 'number') {
    if (shape.length) throw new Error('the golden is ragged: a number where a list was expected')
    return [value]
  }
  if (value.length !== shape[0])
    throw new Error(`the golden is ragged: ${value.length} entries, expected ${shape[0] ?? 'a number'}`)
  return value.flatMap((child) => flatten(child, shape.slice(1)))
}

function place(index: number, shape: readonly number[]): string {
  const at: number[] = []
  let rest = index
  for (const extent of [...shape].reverse()) {
    at.unshift(rest % extent)
    rest = Math.floor(rest / extent)
  }
  return `[${at.join(', ')}]`
}
