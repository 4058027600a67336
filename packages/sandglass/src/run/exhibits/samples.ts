import { type Dataset, type HostTensor, sizeOf } from '@sandglass/core'
import { gatherLabels, range } from '../gather'

/** Indices of up to `count` samples: one of each class, as far as there are classes, then the first ones. */
export function chooseSamples(dataset: Dataset, count: number): number[] {
  const labels = gatherLabels(dataset, 0, Math.min(dataset.size, 1000))
  const first = Array.from(range(0, Math.min(count, dataset.size)))
  if (!labels) return first
  const seen = new Map<number, number>()
  for (const [i, label] of labels.entries()) if (!seen.has(label)) seen.set(label, i)
  const classes = [...seen].sort(([a], [b]) => a - b).map(([, i]) => i)
  return [...classes, ...first.filter((i) => !classes.includes(i))].slice(0, first.length)
}

/** Names of the classes of these samples, where they are known. */
export function namesOf(
  dataset: Dataset,
  indices: readonly number[],
  names: readonly string[] | undefined,
): string[] {
  return indices.flatMap((i) => {
    const label = gatherLabels(dataset, i, i + 1)?.[0]
    return label === undefined || !names?.[label] ? [] : [names[label]]
  })
}

/** The samples of an array, one after another. */
export function samplesOf({ shape, data }: HostTensor): ArrayLike<number>[] {
  const width = sizeOf(shape.slice(1))
  return Array.from({ length: shape[0]! }, (_, i) => data.subarray(i * width, (i + 1) * width))
}
