import { type StreamedDataset, sizeOf } from '@sandglass/core'

/**
 * Checks that a stream is one, and rejects with an `Error` that says what is not so: every pass gives the same samples in
 * the same order, also from any sample on; its fields say what chunks hold; its size, where it is known, is right.
 *
 * @example
 * await streamLaws(myStream)
 */
export async function streamLaws(stream: StreamedDataset): Promise<void> {
  const whole = await samplesOf(stream)
  const [first] = Object.values(whole)
  demand(first !== undefined, 'it has no fields')
  const size = first.length
  demand(size > 0, 'it has no samples')
  demand(stream.size === undefined || stream.size === size, `it says ${stream.size} samples and has ${size}`)
  demand(same(await samplesOf(stream), whole), 'a second pass gives other samples')
  for (const from of new Set([1, size >> 1, size - 1].filter((at) => at > 0 && at < size))) {
    const rest = Object.fromEntries(
      Object.entries(whole).map(([field, samples]) => [field, samples.slice(from)]),
    )
    demand(same(await samplesOf(stream, from), rest), `from sample ${from} on it gives other samples`)
  }
}

/** Samples by field, in their order. */
async function samplesOf(stream: StreamedDataset, from?: number): Promise<Record<string, number[][]>> {
  const samples: Record<string, number[][]> = Object.fromEntries(
    Object.keys(stream.fields).map((field) => [field, []]),
  )
  for await (const chunk of stream.read({ from }))
    for (const [field, { shape }] of Object.entries(stream.fields)) {
      demand(chunk.size > 0, 'a chunk is empty')
      demand(
        chunk.fields[field]?.join() === shape.join(),
        `"${field}" has the shape [${shape}], in a chunk [${chunk.fields[field]}]`,
      )
      const width = sizeOf(shape)
      const values = new Float64Array(chunk.size * width)
      chunk.fill(field, values)
      for (let i = 0; i < chunk.size; i++)
        samples[field]!.push([...values.subarray(i * width, (i + 1) * width)])
    }
  return samples
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message)
}
