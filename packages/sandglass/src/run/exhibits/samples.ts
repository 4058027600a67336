import { type Dataset, type HostTensor, range, readField, sizeOf } from '@sandglass/core'
import { gatherLabels } from '../gather'

/** Indices of up to `count` samples: one of each class, as far as there are classes, then the first ones. */
export async function chooseSamples(dataset: Dataset, count: number): Promise<number[]> {
  const labels = await gatherLabels(dataset, 0, Math.min(dataset.size, 1000))
  const first = Array.from(range(0, Math.min(count, dataset.size)))
  if (!labels) return first
  const seen = new Map<number, number>()
  for (const [i, label] of labels.entries()) if (!seen.has(label)) seen.set(label, i)
  const classes = [...seen].sort(([a], [b]) => a - b).map(([, i]) => i)
  return [...classes, ...first.filter((i) => !classes.includes(i))].slice(0, first.length)
}

/** Names of the classes of these samples, where they are known. */
export async function namesOf(dataset: Dataset, indices: readonly number[]): Promise<string[]> {
  const names = dataset.fields.label?.classes
  if (!names) return []
  const { data } = await readField(dataset, 'label', indices)
  return Array.from(data).flatMap((label) => names[label] ?? [])
}

/** The samples of an array, one after another. */
export function samplesOf({ shape, data }: HostTensor): ArrayLike<number>[] {
  const width = sizeOf(shape.slice(1))
  return Array.from({ length: shape[0]! }, (_, i) => data.subarray(i * width, (i + 1) * width))
}
