import { createDataset, type Dataset, derive, joinFields, sizeOf, type TrainedModel } from '@sandglass/core'
import { createYielder } from '../fit/yield-to-events'
import { inputsOf } from '../model/dataset-inputs'

/** Samples encoded at a time. */
const CHUNK = 256

interface Encoding {
  /** Field that the function takes as its first input; others it takes from the fields of their names. */
  readonly from: string
  /** Field of the result. */
  readonly to: string
  /** Fields that the result holds too, if the dataset has them. */
  readonly keep: readonly string[]
  readonly signal?: AbortSignal
}

/**
 * Runs a function with one output over a dataset, once, and keeps what it gives as a field of another. Undefined when
 * `signal` is aborted on the way.
 */
export async function encodeDataset(
  model: TrainedModel,
  name: string,
  dataset: Dataset,
  { from, to, keep, signal }: Encoding,
): Promise<Dataset | undefined> {
  const { inputs, outputs } = model.model.functions[name]!
  const [output, shape] = Object.entries(outputs)[0]!
  const [first] = Object.keys(inputs)
  const codes = new Float32Array(dataset.size * sizeOf(shape))
  const yieldToEvents = createYielder()
  const fieldOf = (input: string) => (input === first ? from : input)
  let start = 0
  for await (const given of inputsOf(dataset, { inputs, fieldOf, batchSize: CHUNK })) {
    if (signal?.aborted) return undefined
    codes.set((await model.run(name, given))[output]!.data, start * sizeOf(shape))
    start += CHUNK
    await yieldToEvents()
  }
  const coded = createDataset(`codings of ${dataset.name}`, { [to]: { shape, data: codes } })
  const kept = Object.entries(dataset.fields).filter(([field]) => keep.includes(field))
  if (!kept.length) return coded
  const fields = Object.fromEntries(kept)
  return joinFields(derive(dataset, { name: coded.name, fields, see: (batch) => batch }), coded)
}
