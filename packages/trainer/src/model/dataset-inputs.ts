import { type AnyDataset, type HostRecord, type Shape, sizeOf } from '@sandglass/core'
import { readBatches } from '../fit/read-batches'

export interface InputOptions {
  /** Shapes of the inputs of a function. */
  readonly inputs: Readonly<Record<string, Shape>>
  /** Which field of the data an input is, when it is not the one of its name. */
  fieldOf?(input: string): string
  readonly batchSize: number
  /** The first so many samples. Default: all. */
  readonly samples?: number
}

/** The inputs of a function, `[size, …shape]` each, out of the data in its order, a batch at a time. */
export async function* inputsOf(
  data: AnyDataset,
  { inputs, fieldOf = (input) => input, batchSize, samples = Number.POSITIVE_INFINITY }: InputOptions,
): AsyncGenerator<HostRecord> {
  const names = Object.keys(inputs)
  const reader = readBatches(data, { batchSize, fields: names.map(fieldOf) })
  try {
    for (let left = samples; left > 0; left -= batchSize) {
      const taken = await reader.next()
      if (!taken) return
      const { batch } = taken
      const size = Math.min(batch.size, left)
      yield Object.fromEntries(
        names.map((input) => {
          const data = new Float32Array(batch.size * sizeOf(inputs[input]!))
          batch.fill(fieldOf(input), data)
          const shape = [size, ...inputs[input]!]
          return [input, { shape, data: data.subarray(0, sizeOf(shape)) }]
        }),
      )
    }
  } finally {
    reader.close()
  }
}
