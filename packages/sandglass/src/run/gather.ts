import { type Dataset, type HostRecord, type HostTensor, type Model, sizeOf } from '@sandglass/core'

type Gathered = HostTensor & { data: Float32Array }

/** Samples at `indices` of one field, scaled: `[indices, …shape]`. */
export function gatherAt(dataset: Dataset, field: string, indices: ArrayLike<number>): Gathered {
  const { shape } = dataset.fields[field]!
  const data = new Float32Array(indices.length * sizeOf(shape))
  dataset.batch(indices).fill(field, data)
  return { shape: [indices.length, ...shape], data }
}

/** Samples start…end−1 of one field, scaled: `[end − start, …shape]`. */
export function gather(dataset: Dataset, field: string, start: number, end: number): Gathered {
  return gatherAt(dataset, field, range(start, end))
}

/** start…end−1 */
export function range(start: number, end: number): Int32Array {
  return Int32Array.from({ length: end - start }, (_, i) => start + i)
}

/** What a function of the model takes, out of the fields of the data: the input, and a mask where there is one. */
export function feeds(
  { functions }: Model,
  name: string,
  dataset: Dataset,
  indices: ArrayLike<number>,
): HostRecord {
  const inputs = Object.keys(functions[name]?.inputs ?? {})
  return Object.fromEntries(inputs.map((field) => [field, gatherAt(dataset, field, indices)]))
}

/** Classes of samples start…end−1, when the data has them. */
export function gatherLabels(dataset: Dataset, start: number, end: number): Float32Array | undefined {
  const field = dataset.fields.label
  return field && field.shape.length === 0 ? gather(dataset, 'label', start, end).data : undefined
}
