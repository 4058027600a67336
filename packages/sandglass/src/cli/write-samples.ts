import { type HostRecord, type HostTensor, sizeOf, writeSafetensors } from '@sandglass/core'
import { writeFileAtomic } from '@sandglass/core/node'

/**
 * Writes an array of a number of samples, and their labels, as CSV (`prefix_0, prefix_1…, label`) or, when the name
 * ends in `.safetensors`, as tensors with their shape.
 */
export async function writeSamples(
  path: string,
  prefix: string,
  { shape, data }: HostTensor,
  labels?: ArrayLike<number>,
): Promise<void> {
  if (/\.safetensors$/i.test(path)) {
    const tensors: HostRecord = {
      [prefix]: { shape, data },
      ...(labels && { label: { shape: [labels.length], data: Float32Array.from(labels) } }),
    }
    return writeFileAtomic(path, writeSafetensors(tensors))
  }
  await writeFileAtomic(path, new TextEncoder().encode(csvOf(prefix, { shape, data }, labels)))
}

function csvOf(prefix: string, { shape, data }: HostTensor, labels?: ArrayLike<number>): string {
  const width = sizeOf(shape.slice(1))
  const header = Array.from({ length: width }, (_, i) => `${prefix}_${i}`)
  const rows = Array.from({ length: shape[0]! }, (_, i) => {
    const values = Array.from(data.subarray(i * width, (i + 1) * width), showFloat)
    return (labels ? [...values, labels[i]!] : values).join(',')
  })
  return `${[(labels ? [...header, 'label'] : header).join(','), ...rows].join('\n')}\n`
}

/** The shortest digits that give the same float32 back. */
function showFloat(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits)
    if (Math.fround(Number(text)) === Math.fround(value)) return String(Number(text))
  }
  return String(value)
}
