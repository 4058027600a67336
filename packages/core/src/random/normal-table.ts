import { normalQuantile } from './normal-quantile'

// A half-normal for each 31-bit integer m: −Φ⁻¹((m + ½) / 2³²). The octaves of m, found by counting leading zeros, are
// cut into 16 equal segments each, and each segment has a cubic through its Chebyshev nodes. Where a segment holds one
// integer, as in the far tail, its value is the quantile itself. Cubics stay within 2e-8 of the quantile, a sixth of a
// float32's rounding there.
const SEGMENTS = 16
const DEGREE = 3

let table: Float64Array | undefined

/** Coefficients of the cubics, four a segment, lowest power first; made at the first use. */
export function normalTable(): Float64Array {
  table ??= makeTable()
  return table
}

function makeTable(): Float64Array {
  const made = new Float64Array(33 * SEGMENTS * (DEGREE + 1))
  made.set(cubic(0, 0), 32 * SEGMENTS * (DEGREE + 1))
  for (let zeros = 1; zeros < 32; zeros++)
    for (let segment = 0; segment < SEGMENTS; segment++) {
      const octave = 2 ** (31 - zeros)
      const width = octave / SEGMENTS
      made.set(cubic(octave + segment * width, width), (zeros * SEGMENTS + segment) * (DEGREE + 1))
    }
  return made
}

/** Cubic in t ∈ [0, 1) for m = start + t · width. */
function cubic(start: number, width: number): number[] {
  const value = (t: number) => normalQuantile((start + t * width + 0.5) * 2 ** -32)
  if (width <= 1) return [value(0), 0, 0, 0]
  // ½ ∓ ½·cos(π/8), ½ ∓ ½·cos(3π/8)
  const nodes = [0.03806023374435663, 0.3086582838174551, 0.6913417161825449, 0.9619397662556434]
  return powers(nodes, dividedDifferences(nodes, nodes.map(value)))
}

function dividedDifferences(x: readonly number[], y: readonly number[]): number[] {
  const d = [...y]
  for (let order = 1; order < x.length; order++)
    for (let i = x.length - 1; i >= order; i--) d[i] = (d[i]! - d[i - 1]!) / (x[i]! - x[i - order]!)
  return d
}

/** Newton's form to powers of t, lowest first. */
function powers(x: readonly number[], d: readonly number[]): number[] {
  let p = [0, 0, 0, 0]
  for (let i = x.length - 1; i >= 0; i--) p = p.map((c, k) => (k ? p[k - 1]! : d[i]!) - x[i]! * c)
  return p
}
