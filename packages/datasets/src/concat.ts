import { type Dataset, type Field, SandglassError, sameShape, showShape } from '@sandglass/core'
import { makeDataset } from './create-dataset'
import { sameStorage, storageName } from './fields/storage'

/** The samples of several datasets one after another. Fields must agree in name, shape, storage, scale and offset. */
export function concat(datasets: readonly Dataset[], { name }: { name?: string } = {}): Dataset {
  const [first, ...others] = datasets
  if (!first) throw new SandglassError('data', 'cannot concatenate no datasets', { expected: 'at least one' })
  const names = Object.keys(first.fields)
  for (const other of others) {
    const theirs = Object.keys(other.fields)
    if (theirs.length !== names.length || theirs.some((field) => !Object.hasOwn(first.fields, field)))
      throw new SandglassError('data', `datasets "${first.name}" and "${other.name}" have different fields`, {
        got: theirs.join(', '),
        expected: names.join(', '),
      })
    for (const field of names) {
      const got = describe(other.fields[field]!)
      const expected = describe(first.fields[field]!)
      if (got !== expected || !sameShape(other.fields[field]!.shape, first.fields[field]!.shape))
        throw new SandglassError(
          'data',
          `datasets "${first.name}" and "${other.name}" store field "${field}" differently`,
          { got, expected },
        )
    }
  }
  const size = datasets.reduce((sum, dataset) => sum + dataset.size, 0)
  const fields = names.map((field) => {
    const parts = datasets.map((dataset) => dataset.fields[field]!.data)
    const data = sameStorage(
      parts[0]!,
      parts.reduce((sum, part) => sum + part.length, 0),
    )
    let at = 0
    for (const part of parts) {
      data.set(part, at)
      at += part.length
    }
    return [field, { ...first.fields[field]!, data }] as const
  })
  return makeDataset(
    name ?? datasets.map((dataset) => dataset.name).join(' + '),
    size,
    Object.fromEntries(fields),
  )
}

function describe({ shape, data, scale = 1, offset = 0 }: Field): string {
  return `${storageName(data)} ${showShape(shape)} × ${scale} + ${offset}`
}
