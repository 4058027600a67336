import { createDataset, type Dataset, sizeOf, type TrainedModel } from '@sandglass/core'
import { createYielder } from '../fit/yield-to-events'
import { inputsOf } from '../model/dataset-inputs'

/** Samples encoded at a time. */
const CHUNK = 256

interface Encoding {
  /** Field that the function takes as its first input; it takes a mask from the field of that name. */
  readonly from: string
  /** Field of the result. */
  readonly to: string
  /** Whether the result holds the field `mask` too. */
  readonly keepMask: boolean
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
  { from, to, keepMask, signal }: Encoding,
): Promise<Dataset | undefined> {
  const { inputs, outputs } = model.model.functions[name]!
  const [output, shape] = Object.entries(outputs)[0]!
  const codes = new Float32Array(dataset.size * sizeOf(shape))
  const maskShape = keepMask ? inputs.mask : undefined
  const masks = maskShape && new Float32Array(dataset.size * sizeOf(maskShape))
  const yieldToEvents = createYielder()
  const fieldOf = (input: string) => (input === 'mask' ? input : from)
  let start = 0
  for await (const given of inputsOf(dataset, { inputs, fieldOf, batchSize: CHUNK })) {
    if (signal?.aborted) return undefined
    codes.set((await model.run(name, given))[output]!.data, start * sizeOf(shape))
    if (masks && given.mask) masks.set(given.mask.data, start * sizeOf(maskShape))
    start += CHUNK
    await yieldToEvents()
  }
  return createDataset(`codings of ${dataset.name}`, {
    [to]: { shape, data: codes },
    ...(masks && maskShape && { mask: { shape: maskShape, data: masks } }),
  })
}
