import {
  after,
  type Batch,
  createLazyDataset,
  type Dataset,
  type FieldDescription,
  type MemoryDataset,
  SandglassError,
  type StorageType,
  sameShape,
  showShape,
  sizeOf,
  together,
} from '@sandglass/core'

/**
 * The samples of several datasets one after another: a view. Fields must agree in name, shape, columns and classes.
 * Throws `SandglassError` (`data`) when they do not, or there are no datasets.
 */
export function concat(datasets: readonly MemoryDataset[], options?: { name?: string }): MemoryDataset
export function concat(datasets: readonly Dataset[], options?: { name?: string }): Dataset
export function concat(datasets: readonly Dataset[], { name }: { name?: string } = {}): Dataset {
  const [first, ...others] = datasets
  if (!first) throw new SandglassError('data', 'cannot concatenate no datasets', { expected: 'at least one' })
  for (const other of others) checkSame(first, other)
  const starts = datasets.map((_, i) => datasets.slice(0, i).reduce((sum, { size }) => sum + size, 0))
  return createLazyDataset(name ?? datasets.map((dataset) => dataset.name).join(' + '), {
    size: datasets.reduce((sum, { size }) => sum + size, 0),
    fields: Object.fromEntries(
      Object.entries(first.fields).map(([field, description]) => {
        const types = datasets.map(({ fields }) => fields[field]!.dtype)
        return [field, { ...description, dtype: commonType(types) }]
      }),
    ),
    read: (rows, fields) => {
      const parts = datasets.flatMap((dataset, d) => partOf(dataset, starts[d]!, rows, fields))
      return after(together(parts.map(({ batch }) => batch)), (batches) =>
        joined(
          rows.length,
          batches,
          parts.map(({ at }) => at),
        ),
      )
    },
  })
}

/** What one dataset has of the samples at `rows` of the whole, and where they belong; nothing when it has none. */
function partOf(dataset: Dataset, start: number, rows: Int32Array, fields: readonly string[]) {
  const at: number[] = []
  for (let i = 0; i < rows.length; i++) if (rows[i]! >= start && rows[i]! < start + dataset.size) at.push(i)
  return at.length
    ? [
        {
          batch: dataset.batch(
            at.map((i) => rows[i]! - start),
            fields,
          ),
          at,
        },
      ]
    : []
}

/** One batch out of several; `places` are those of each one's samples. */
function joined(size: number, batches: readonly Batch[], places: readonly (readonly number[])[]): Batch {
  if (batches.length === 1) return batches[0]!
  const { fields } = batches[0]!
  return {
    size,
    fields,
    fill: (field, out) => {
      const width = sizeOf(fields[field] ?? [])
      for (const [b, batch] of batches.entries()) {
        const values = out.slice(0, batch.size * width)
        batch.fill(field, values)
        for (const [i, to] of places[b]!.entries())
          out.set(values.subarray(i * width, (i + 1) * width), to * width)
      }
    },
  }
}

function checkSame(first: Dataset, other: Dataset): void {
  const names = Object.keys(first.fields)
  const theirs = Object.keys(other.fields)
  if (theirs.length !== names.length || theirs.some((field) => !Object.hasOwn(first.fields, field)))
    throw new SandglassError('data', `datasets "${first.name}" and "${other.name}" have different fields`, {
      got: theirs.join(', '),
      expected: names.join(', '),
    })
  for (const field of names) {
    const [mine, its] = [first.fields[field]!, other.fields[field]!]
    if (!sameShape(mine.shape, its.shape) || describe(mine) !== describe(its))
      throw new SandglassError(
        'data',
        `field "${field}" is not the same in the datasets "${first.name}" and "${other.name}"`,
        { got: describe(its), expected: describe(mine) },
      )
  }
}

function describe({ shape, columns, classes }: FieldDescription): string {
  return [
    showShape(shape),
    ...(columns ? [`columns ${columns.join(', ')}`] : []),
    ...(classes ? [`classes ${classes.join(', ')}`] : []),
  ].join(', ')
}

function commonType(types: readonly StorageType[]): StorageType {
  if (types.every((type) => type === types[0])) return types[0]!
  if (types.includes('float64')) return 'float64'
  return types.includes('float32') ? 'float32' : 'int32'
}
