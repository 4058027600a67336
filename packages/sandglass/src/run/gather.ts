import { type Dataset, type HostTensor, sizeOf } from '@sandglass/core'

/** Samples start…end−1 of one field, scaled: `[end − start, …shape]`. */
export function gather(
  dataset: Dataset,
  field: string,
  start: number,
  end: number,
): HostTensor & { data: Float32Array } {
  const { shape } = dataset.fields[field]!
  const data = new Float32Array((end - start) * sizeOf(shape))
  dataset.batch(Int32Array.from({ length: end - start }, (_, i) => start + i)).fill(field, data)
  return { shape: [end - start, ...shape], data }
}

/** Classes of samples start…end−1, when the data has them. */
export function gatherLabels(dataset: Dataset, start: number, end: number): Float32Array | undefined {
  const field = dataset.fields.label
  return field && field.shape.length === 0 ? gather(dataset, 'label', start, end).data : undefined
}
