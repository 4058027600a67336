import {
  type Batch,
  batchShapes,
  type HostRecord,
  type Objective,
  type Shape,
  sizeOf,
  type TensorRecord,
} from '@sandglass/core'
import { tensor } from '@tensorflow/tfjs-core'

type Shapes = Readonly<Record<string, Shape>>

/** Float32 tensors `[size, …shape]` of the fields that an objective reads. Call within `tidy`. */
export function uploadBatch(batch: Batch, objective: Objective, declared: Shapes): TensorRecord {
  return Object.fromEntries(
    Object.entries(batchShapes(batch, objective, declared)).map(([field, shape]) => {
      const values = new Float32Array(sizeOf(shape))
      batch.fill(field, values)
      return [field, tensor(values, [...shape], 'float32')]
    }),
  )
}

/** Float32 tensors of the inputs of a function, whose shapes start with the batch. Call within `tidy`. */
export function uploadInputs(inputs: HostRecord): TensorRecord {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, data }]) => [
      name,
      tensor(Float32Array.from(data), [...shape], 'float32'),
    ]),
  )
}
