import {
  type Dataset,
  type FieldValues,
  type HostRecord,
  type Model,
  range,
  readField,
} from '@sandglass/core'

/** Samples start…end−1 of one field, scaled: `[end − start, …shape]`. */
export async function gather(
  dataset: Dataset,
  field: string,
  start: number,
  end: number,
): Promise<FieldValues> {
  return readField(dataset, field, range(start, end))
}

/** What a function of the model takes, out of the fields of the data: the input, and a mask where there is one. */
export async function feeds(
  { functions }: Model,
  name: string,
  dataset: Dataset,
  indices: ArrayLike<number>,
): Promise<HostRecord> {
  const inputs = Object.keys(functions[name]?.inputs ?? {})
  const values = inputs.map(async (field) => [field, await readField(dataset, field, indices)] as const)
  return Object.fromEntries(await Promise.all(values))
}

/** Classes of samples start…end−1, when the data has them. */
export async function gatherLabels(
  dataset: Dataset,
  start: number,
  end: number,
): Promise<Float32Array | undefined> {
  const field = dataset.fields.label
  return field && field.shape.length === 0 ? (await gather(dataset, 'label', start, end)).data : undefined
}
