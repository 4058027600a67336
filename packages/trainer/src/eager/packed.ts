import type { Scalars } from '@sandglass/core'
import { cast, type Scalar, stack, type Tensor } from '@tensorflow/tfjs-core'

/** Scalars as one tensor, so that one read fetches them all. */
export interface Packed {
  readonly names: readonly string[]
  readonly values: Tensor
}

/** Call within `tidy`. */
export function packed(scalars: Readonly<Record<string, Scalar>>): Packed {
  return { names: Object.keys(scalars), values: stack(Object.values(scalars).map((s) => cast(s, 'float32'))) }
}

/** Reads scalars, and disposes of the tensor. */
export async function readPacked({ names, values }: Packed): Promise<Scalars> {
  try {
    const data = await values.data()
    return Object.fromEntries(names.map((name, i) => [name, data[i]!]))
  } finally {
    values.dispose()
  }
}
