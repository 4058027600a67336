import { add, type Scalar } from '@tensorflow/tfjs-core'
import type { TensorRecord } from './tensors'
import type { WeightDeclaration } from './weight'

/** `{ regularization }`: the sum of the regularizers of the named weights, or `{}` when none has any. */
export function penalties(
  declarations: Readonly<Record<string, WeightDeclaration>>,
  names: readonly string[],
  weights: TensorRecord,
): Record<string, Scalar> {
  let sum: Scalar | undefined
  for (const name of names) {
    const value = declarations[name]?.regularizer?.(weights[name]!)
    if (value) sum = sum ? (add(sum, value) as Scalar) : value
  }
  return sum ? { regularization: sum } : {}
}
