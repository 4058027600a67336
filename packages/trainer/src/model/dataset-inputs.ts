import { after, type Dataset, type HostRecord, type Shape, sizeOf } from '@sandglass/core'

/** Shapes of the inputs of a function, and which field of a dataset each is when it is not the one of its name. */
interface Wanted {
  readonly inputs: Readonly<Record<string, Shape>>
  fieldOf?(input: string): string
}

/** The inputs of a function out of the samples of a dataset at `rows`: `[rows, …shape]` each. */
export function inputsAt(
  dataset: Dataset,
  rows: ArrayLike<number>,
  { inputs, fieldOf = (input) => input }: Wanted,
): HostRecord | Promise<HostRecord> {
  const names = Object.keys(inputs)
  return after(dataset.batch(rows, names.map(fieldOf)), (batch) =>
    Object.fromEntries(
      names.map((input) => {
        const shape = [batch.size, ...inputs[input]!]
        const data = new Float32Array(sizeOf(shape))
        batch.fill(fieldOf(input), data)
        return [input, { shape, data }]
      }),
    ),
  )
}
