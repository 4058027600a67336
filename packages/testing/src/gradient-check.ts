import { registerMissingGradients } from '@sandglass/core'
import { engine, mul, sum, type Tensor, tensor, tidy, zerosLike } from '@tensorflow/tfjs-core'
import { fill } from './fill'

export interface GradientCheckOptions {
  /** 2 checks the gradient of Σ vᵢ·∂f/∂xᵢ as well. Default 1. */
  order?: 1 | 2
  /** Allowed error relative to the larger of both, or to a tenth of the largest of that input. Default 2e-3. */
  relative?: number
  /** Allowed absolute error; by default the float32 rounding noise of the differences. */
  absolute?: number
  /** Step of the differences, times max(1, |x|). Inputs must be further than this from any kink. Default 2⁻⁵. */
  step?: number
  /** At most so many elements of each input are checked. Default 200. */
  samples?: number
}

export interface GradientReport {
  /** Derivatives compared. */
  readonly checked: number
  /** Largest error as a share of what is allowed. */
  readonly worst: number
}

type Fn = (...inputs: Tensor[]) => Tensor

/**
 * Compares tfjs's derivatives of `f` with central differences, extrapolated once (Richardson: (4·D(h/2) − D(h))/3),
 * and throws an `Error` that names the worst element. An output that is no scalar is projected on a fixed direction;
 * that sum is done in float64, so that only the rounding of `f` itself disturbs. Needs registered gradients
 * (`@sandglass/core/gradients`). A derivative that tfjs finds no path for counts as 0.
 */
export function gradientCheck(
  f: Fn,
  inputs: readonly Tensor[],
  options: GradientCheckOptions = {},
): GradientReport {
  const first = compare(
    'gradient',
    (...x) => [f(...x)],
    (xs) => derivatives(f, xs),
    inputs,
    options,
  )
  if (options.order !== 2) return first
  // Along a fixed direction v the gradient is a function of its own, Σ v·∂f/∂x, whose gradient is a row of second derivatives.
  const second = compare(
    'second derivative',
    (...x) => derivatives(f, x),
    (xs) => derivatives((...x) => total(derivatives(f, x).map((g, i) => project(g, i))), xs),
    inputs,
    options,
  )
  return { checked: first.checked + second.checked, worst: Math.max(first.worst, second.worst) }
}

/** ∂(f·direction)/∂xᵢ, zeros where f does not depend on xᵢ. */
function derivatives(f: Fn, xs: readonly Tensor[]): Tensor[] {
  registerMissingGradients()
  const { grads } = engine().gradients(() => project(f(...xs), 0), [...xs], undefined, true)
  return grads.map((grad, i) => (grad as Tensor | undefined) ?? zerosLike(xs[i]!))
}

function direction(size: number, index: number): Float32Array {
  return fill(size, 77 + index, 0.5, 1.5).map((v, i) => (size === 1 ? 1 : i % 3 === 1 ? -v : v))
}

function project(x: Tensor, index: number): Tensor {
  return sum(mul(x, tensor(direction(x.size, index), x.shape)))
}

function total(parts: readonly Tensor[]): Tensor {
  return parts.reduce((a, b) => engine().runKernel('Add', { a, b }) as Tensor)
}

function compare(
  what: string,
  values: (...x: Tensor[]) => Tensor[],
  analytic: (xs: readonly Tensor[]) => Tensor[],
  inputs: readonly Tensor[],
  { relative = 2e-3, absolute, step = 2 ** -5, samples = 200 }: GradientCheckOptions,
): GradientReport {
  const data = inputs.map((input) => Float32Array.from(input.dataSync()))
  const read = (): { value: number; norm: number } =>
    tidy(() => {
      let value = 0
      let norm = 0
      values(...data.map((d, i) => tensor(d.slice(), inputs[i]!.shape))).forEach((y, i) => {
        const along = direction(y.size, i)
        y.dataSync().forEach((v, j) => {
          value += v * along[j]!
          norm += (v * along[j]!) ** 2
        })
      })
      return { value, norm: Math.sqrt(norm) }
    })
  const exact = attempt(what, () => tidy(() => analytic(inputs).map((g) => Float32Array.from(g.dataSync()))))
  const noise = absolute ?? (8 * 2 ** -24 * read().norm) / step
  let checked = 0
  let worst = { share: 0, text: '' }
  data.forEach((x, i) => {
    const indices = pick(x.length, samples)
    const numeric = indices.map((j) => {
      const centre = x[j]!
      const difference = (h: number) => {
        x[j] = centre + h
        const up = x[j]!
        const high = read().value
        x[j] = centre - h
        const slope = (high - read().value) / (up - x[j]!)
        x[j] = centre
        return slope
      }
      const h = step * Math.max(1, Math.abs(centre))
      return (4 * difference(h / 2) - difference(h)) / 3
    })
    const floor = 0.1 * Math.max(...numeric.map(Math.abs), 0)
    indices.forEach((j, k) => {
      const [got, want] = [exact[i]![j]!, numeric[k]!]
      const allowed = relative * Math.max(Math.abs(got), Math.abs(want), floor) + noise
      const share = allowed > 0 ? Math.abs(got - want) / allowed : got === want ? 0 : Number.POSITIVE_INFINITY
      checked++
      if (share > worst.share || Number.isNaN(share))
        worst = {
          share: Number.isNaN(share) ? Number.POSITIVE_INFINITY : share,
          text: `input ${i}, element ${j}: got ${got}, central differences say ${want} (allowed error ${allowed.toExponential(2)})`,
        }
    })
  })
  if (worst.share > 1) throw new Error(`wrong ${what}: ${worst.text}`)
  return { checked, worst: worst.share }
}

function attempt<T>(what: string, fn: () => T): T {
  try {
    return fn()
  } catch (error) {
    throw new Error(`no ${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** At most `count` of the indices below `size`, spread evenly. */
function pick(size: number, count: number): number[] {
  if (size <= count) return Array.from({ length: size }, (_, i) => i)
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * size) / count))
}
