import {
  type Batch,
  type HostRecord,
  type Objective,
  SandglassError,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
  type TensorRecord,
} from '@sandglass/core'
import { tensor } from '@tensorflow/tfjs-core'

type Shapes = Readonly<Record<string, Shape>>

/** Float32 tensors `[size, …shape]` of the fields that an objective reads. Call within `tidy`. */
export function uploadBatch(batch: Batch, { name, fields }: Objective, declared: Shapes): TensorRecord {
  if (!Number.isSafeInteger(batch.size) || batch.size < 1)
    throw new SandglassError('data', 'a batch needs at least one sample', { got: `a batch of ${batch.size}` })
  const result: TensorRecord = {}
  for (const [field, need] of Object.entries(fields)) {
    const shape = batch.fields[field]
    if (!shape) {
      if (need === 'optional') continue
      throw new SandglassError(
        'data',
        `the objective "${name}" reads the field "${field}", which the batch lacks`,
        {
          got: `a batch with ${Object.keys(batch.fields).join(', ') || 'no fields'}`,
        },
      )
    }
    const expected = declared[field]
    if (expected && !sameShape(shape, expected))
      throw new SandglassError('shape', `the field "${field}" of the batch does not fit the model`, {
        got: showShape(shape),
        expected: showShape(expected),
      })
    const values = new Float32Array(batch.size * sizeOf(shape))
    batch.fill(field, values)
    result[field] = tensor(values, [batch.size, ...shape], 'float32')
  }
  return result
}

/** Float32 tensors of the inputs of a function, whose shapes start with the batch. Call within `tidy`. */
export function uploadInputs(what: string, inputs: HostRecord, declared: Shapes): TensorRecord {
  const unknown = Object.keys(inputs).find((name) => !Object.hasOwn(declared, name))
  if (unknown !== undefined)
    throw new SandglassError('data', `${what} has no input "${unknown}"`, {
      expected: Object.keys(declared).join(', ') || 'no inputs',
    })
  let batch: number | undefined
  const result: TensorRecord = {}
  for (const [name, shape] of Object.entries(declared)) {
    const input = inputs[name]
    if (!input)
      throw new SandglassError('data', `${what} needs the input "${name}"`, {
        got: Object.keys(inputs).join(', ') || 'no inputs',
      })
    batch ??= input.shape[0]
    if (!batch || !sameShape(input.shape, [batch, ...shape]))
      throw new SandglassError('shape', `the input "${name}" of ${what} has the wrong shape`, {
        got: showShape(input.shape),
        expected: showShape([(batch || 'batch') as number, ...shape]),
      })
    if (input.data.length !== sizeOf(input.shape))
      throw new SandglassError('shape', `the input "${name}" of ${what} does not fill its shape`, {
        got: `${input.data.length} numbers`,
        expected: `${sizeOf(input.shape)} for ${showShape(input.shape)}`,
      })
    result[name] = tensor(Float32Array.from(input.data), [...input.shape], 'float32')
  }
  return result
}
