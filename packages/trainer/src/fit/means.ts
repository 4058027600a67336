import { SandglassError, type Scalars } from '@sandglass/core'

/** Means of named numbers, each batch weighted by its size, in double precision. */
export interface Means {
  add(scalars: Scalars, size: number): void
  /** Means so far; empty when nothing was added. */
  result(): Scalars
  /** Sums and total weight, to go on from. */
  state(): MeansState
}

export interface MeansState {
  readonly size: number
  readonly sums: Scalars
}

export function createMeans(state: MeansState = { size: 0, sums: {} }): Means {
  let total = state.size
  let names = Object.keys(state.sums)
  let sums = Float64Array.from(Object.values(state.sums))

  return {
    add: (scalars, size) => {
      if (total === 0 && names.length === 0) {
        names = Object.keys(scalars)
        sums = new Float64Array(names.length)
      }
      for (let i = 0; i < names.length; i++) {
        const value = scalars[names[i]!]
        if (value === undefined)
          throw new SandglassError('backend', `the backend stopped reporting "${names[i]}"`, {
            expected: names.join(', '),
          })
        sums[i]! += value * size
      }
      total += size
    },
    // Adding 0 turns −0, which JSON cannot keep, into 0.
    result: () => Object.fromEntries(total ? names.map((name, i) => [name, sums[i]! / total + 0]) : []),
    state: () => ({ size: total, sums: Object.fromEntries(names.map((name, i) => [name, sums[i]! + 0])) }),
  }
}
