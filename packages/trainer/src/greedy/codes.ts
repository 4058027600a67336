import { type Dataset, type Field, type HostRecord, sizeOf, type TrainedModel } from '@sandglass/core'
import { checkedBatches } from '../fit/data'
import { createYielder } from '../fit/yield-to-events'

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
  const batchOf = checkedBatches(dataset)
  const yieldToEvents = createYielder()
  for (let start = 0; start < dataset.size; start += CHUNK) {
    if (signal?.aborted) return undefined
    const size = Math.min(CHUNK, dataset.size - start)
    const batch = batchOf(Int32Array.from({ length: size }, (_, i) => start + i))
    const given: HostRecord = {}
    for (const [input, each] of Object.entries(inputs)) {
      const data = new Float32Array(size * sizeOf(each))
      batch.fill(input === 'mask' ? input : from, data)
      given[input] = { shape: [size, ...each], data }
    }
    codes.set((await model.run(name, given))[output]!.data, start * sizeOf(shape))
    if (masks && given.mask) masks.set(given.mask.data, start * sizeOf(maskShape))
    await yieldToEvents()
  }
  return storedDataset(`codings of ${dataset.name}`, {
    [to]: { shape, data: codes },
    ...(masks && { mask: { shape: maskShape, data: masks } }),
  })
}

function storedDataset(name: string, fields: Readonly<Record<string, Field>>): Dataset {
  const [{ data, shape }] = Object.values(fields) as [Field]
  const shapes = Object.fromEntries(Object.entries(fields).map(([field, { shape }]) => [field, shape]))
  return {
    name,
    size: data.length / sizeOf(shape),
    fields,
    batch: (indices) => ({
      size: indices.length,
      fields: shapes,
      fill: (field, out) => {
        const { data, shape } = fields[field]!
        const width = sizeOf(shape)
        for (let i = 0; i < indices.length; i++) {
          const at = indices[i]! * width
          out.set(data.subarray(at, at + width), i * width)
        }
      },
    }),
  }
}
