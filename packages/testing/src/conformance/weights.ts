import { createStreams, type Shape, sizeOf, type TensorRecord, type WeightDeclaration } from '@sandglass/core'
import { type Tensor, tensor } from '@tensorflow/tfjs-core'
import { fill } from '../fill'

type Declarations = Readonly<Record<string, WeightDeclaration>>

/**
 * Initial weights, each moved a little so that zeros hide nothing, in the order of the declarations; only those of
 * `names` if given.
 */
export function makeWeights(declarations: Declarations, names?: readonly string[]): Tensor[] {
  return Object.entries(declarations).flatMap(([name, { shape, initializer }], i) => {
    if (names && !names.includes(name)) return []
    const values = initializer(shape, createStreams(11).at(`weight ${i}`))
    const moved = fill(sizeOf(shape), 31 + i, 0.05, 0.25)
    return [
      tensor(
        values.map((v, j) => v + (j % 2 ? moved[j]! : -moved[j]!)),
        [...shape],
      ),
    ]
  })
}

/** Tensors by the names of the declarations. */
export function named(declarations: Declarations, tensors: readonly Tensor[]): TensorRecord {
  return Object.fromEntries(Object.keys(declarations).map((name, i) => [name, tensors[i]!]))
}

export function batched(batch: number, shape: Shape): number[] {
  return [batch, ...shape]
}
