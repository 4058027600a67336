import { type Dataset, type Field, SandglassError, sizeOf } from '@sandglass/core'
import { makeDataset } from './create-dataset'
import { sameStorage } from './fields/storage'

/** The first `count` samples, or those from `start` up to (not including) `end`, sharing memory with `dataset`. */
export function take(dataset: Dataset, range: number | { start?: number; end?: number }): Dataset {
  const { start = 0, end = dataset.size } = typeof range === 'number' ? { end: range } : range
  if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= dataset.size))
    throw new SandglassError('data', `dataset "${dataset.name}": cannot take these samples`, {
      got: `samples ${start} to ${end} (end excluded)`,
      expected: `a part, not empty, of 0 to ${dataset.size}`,
    })
  return mapFields(dataset, end - start, (field) => {
    const width = sizeOf(field.shape)
    return { ...field, data: field.data.subarray(start * width, end * width) }
  })
}

/** The samples at `indices`, in that order, copied in their storage type; a view when they are consecutive. */
export function pick(dataset: Dataset, indices: ArrayLike<number>): Dataset {
  const n = indices.length
  if (n === 0)
    throw new SandglassError('data', `dataset "${dataset.name}": cannot pick no samples`, {
      expected: 'at least one index',
    })
  // Checks the indices.
  dataset.batch(indices)
  const first = indices[0]!
  let consecutive = true
  for (let i = 1; i < n && consecutive; i++) consecutive = indices[i] === first + i
  if (consecutive) return take(dataset, { start: first, end: first + n })
  return mapFields(dataset, n, (field) => {
    const width = sizeOf(field.shape)
    const out = sameStorage(field.data, n * width)
    for (let i = 0; i < n; i++) {
      const from = indices[i]! * width
      out.set(field.data.subarray(from, from + width), i * width)
    }
    return { ...field, data: out }
  })
}

function mapFields(dataset: Dataset, size: number, change: (field: Field) => Field): Dataset {
  return makeDataset(
    dataset.name,
    size,
    Object.fromEntries(Object.entries(dataset.fields).map(([name, field]) => [name, change(field)])),
  )
}
