import type { Batch } from './batch'
import { SandglassError } from './errors'
import type { Objective } from './objective'
import { type Shape, type Shapes, sameShape, showShape, sizeOf } from './shape'
import type { HostRecord } from './tensors'

/**
 * Shapes `[size, …shape]` of the fields of a batch that an objective reads. `declared` are those of the model, without
 * the batch. Throws `SandglassError` when the batch is empty, lacks a field, or a field has another shape.
 */
export function batchShapes(
  batch: Batch,
  { name, fields }: Objective,
  declared: Shapes,
): Record<string, Shape> {
  if (!Number.isSafeInteger(batch.size) || batch.size < 1)
    throw new SandglassError('data', 'a batch needs at least one sample', { got: `a batch of ${batch.size}` })
  const result: Record<string, Shape> = {}
  for (const [field, need] of Object.entries(fields)) {
    const shape = Object.hasOwn(batch.fields, field) ? batch.fields[field] : undefined
    if (!shape) {
      if (need === 'optional') continue
      throw new SandglassError(
        'data',
        `the objective "${name}" reads the field "${field}", which the batch lacks`,
        { got: `a batch with ${Object.keys(batch.fields).join(', ') || 'no fields'}` },
      )
    }
    const expected = declared[field]
    if (expected && !sameShape(shape, expected))
      throw new SandglassError('shape', `the field "${field}" of the batch does not fit the model`, {
        got: showShape(shape),
        expected: showShape(expected),
      })
    result[field] = [batch.size, ...shape]
  }
  return result
}

/**
 * Checks the inputs of a function, whose shapes start with the batch, against the shapes declared without it; returns
 * the batch size: for a function without inputs `size`, which is not for others. Throws `SandglassError`.
 */
export function inputBatch(what: string, inputs: HostRecord, declared: Shapes, size?: number): number {
  const unknown = Object.keys(inputs).find((name) => !Object.hasOwn(declared, name))
  if (unknown !== undefined)
    throw new SandglassError('data', `${what} has no input "${unknown}"`, {
      expected: Object.keys(declared).join(', ') || 'no inputs',
    })
  let batch: number | undefined
  for (const [name, shape] of Object.entries(declared)) {
    const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined
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
  }
  if (size !== undefined && (!Number.isSafeInteger(size) || size < 1 || size !== (batch ?? size)))
    throw new SandglassError('data', `${what} cannot be run for this number of samples`, {
      got: `size ${size}${batch === undefined ? '' : ` and inputs of ${batch} samples`}`,
      expected: batch === undefined ? 'a whole number from 1 up' : 'no size: the inputs say how many',
    })
  return batch ?? size ?? 1
}
