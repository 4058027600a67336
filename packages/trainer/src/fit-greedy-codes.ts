import { type Dataset, SandglassError, type Shape, sizeOf } from '@sandglass/core'
import { createBreather } from './fit-breathe'
import { checkedBatches } from './fit-data'
import type { TrainedModel } from './trained-model'

/** Samples encoded at a time. */
const CHUNK = 256

/**
 * Runs a function of one input and one output over a dataset, once, and keeps what it gives as the field `to` of
 * another. Undefined when `signal` is aborted on the way.
 */
export async function encodeDataset(
  model: TrainedModel,
  name: string,
  dataset: Dataset,
  { from, to, signal }: { readonly from: string; readonly to: string; readonly signal?: AbortSignal },
): Promise<Dataset | undefined> {
  const target = model.model.functions[name]!
  const input = Object.keys(target.inputs)[0]!
  const [output, shape] = Object.entries(target.outputs)[0]!
  const inputShape = target.inputs[input]!
  const width = sizeOf(shape)
  const data = new Float32Array(dataset.size * width)
  const batchOf = checkedBatches(dataset)
  const breathe = createBreather()
  for (let start = 0; start < dataset.size; start += CHUNK) {
    if (signal?.aborted) return undefined
    const size = Math.min(CHUNK, dataset.size - start)
    const values = new Float32Array(size * sizeOf(inputShape))
    batchOf(Int32Array.from({ length: size }, (_, i) => start + i)).fill(from, values)
    const result = await model.run(name, { [input]: { shape: [size, ...inputShape], data: values } })
    data.set(result[output]!.data, start * width)
    await breathe()
  }
  return storedDataset(`codings of ${dataset.name}`, to, shape, data)
}

/** One field of numbers in memory. */
function storedDataset(name: string, field: string, shape: Shape, data: Float32Array): Dataset {
  const width = sizeOf(shape)
  const size = data.length / width
  return {
    name,
    size,
    fields: { [field]: { shape, data } },
    batch: (indices) => ({
      size: indices.length,
      fields: { [field]: shape },
      fill: (asked, out) => {
        if (asked !== field)
          throw new SandglassError('data', `the data "${name}" lacks the field "${asked}"`, {
            expected: field,
          })
        for (let i = 0; i < indices.length; i++) {
          const at = indices[i]! * width
          out.set(data.subarray(at, at + width), i * width)
        }
      },
    }),
  }
}
