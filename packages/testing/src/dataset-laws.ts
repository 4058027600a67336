import { type Dataset, isSandglassError, readField, sameShape, sizeOf } from '@sandglass/core'
import { unit } from './fill'

export interface DatasetLawsOptions {
  /** Chooses which rows are tried. Default 0. */
  readonly seed?: number
}

/**
 * Checks that a dataset is one, and rejects with an `Error` that says what is not so: its fields say what batches hold,
 * in single and double precision; samples do not depend on the batch they come in; `select` keeps order and repeated
 * rows, and selecting twice is selecting once; rows that it does not have are refused.
 *
 * @example
 * await datasetLaws(myDataset)
 */
export async function datasetLaws(dataset: Dataset, { seed = 0 }: DatasetLawsOptions = {}): Promise<void> {
  let draws = 0
  const draw = (below: number) => Math.floor(unit(seed, draws++) * below)
  const rows = (count: number, size: number) => Array.from({ length: count }, () => draw(size))
  const { size, fields } = dataset
  demand(Number.isSafeInteger(size) && size > 0, `its size is ${size}`)
  for (const field of Object.keys(fields)) {
    const whole = await valuesAt(dataset, field)
    const width = whole.length / size
    const at = (chosen: readonly number[]) =>
      chosen.flatMap((row) => [...whole.subarray(row * width, (row + 1) * width)])
    const same = (got: Float32Array, chosen: readonly number[], what: string) =>
      demand(
        sameNumbers(got, at(chosen)),
        `${what}: "${field}" of the samples ${chosen} is ${[...got]}, not ${at(chosen)}`,
      )

    const chosen = rows(1 + draw(2 * size), size)
    same(await valuesAt(dataset, field, chosen), chosen, 'a batch')
    const selected = dataset.select(chosen)
    demand(selected.size === chosen.length, `${chosen.length} selected samples are ${selected.size}`)
    demand(
      JSON.stringify(selected.fields) === JSON.stringify(fields),
      `selected samples say that they hold ${JSON.stringify(selected.fields)}`,
    )
    same(await valuesAt(selected, field), chosen, 'selected')
    const again = rows(1 + draw(chosen.length), chosen.length)
    const twice = again.map((i) => chosen[i]!)
    same(await valuesAt(selected.select(again), field), twice, 'selected twice')
    same(await valuesAt(dataset.select(twice), field), twice, 'selected at once')
    const given = Int32Array.from(chosen)
    const batch = await dataset.batch(given)
    given.fill(0)
    const out = new Float32Array(whole.length ? chosen.length * width : 0)
    batch.fill(field, out)
    same(out, chosen, 'a batch whose rows the caller has changed since')
    await checkBatch(dataset, field, chosen)
  }
  for (const row of [-1, size, 0.5, Number.NaN]) {
    await refused(() => dataset.batch([row]), `the row ${row}`)
    await refused(() => dataset.select([row]), `selecting the row ${row}`)
  }
  await refused(() => dataset.select([]), 'selecting no rows')
}

/** Shapes are those declared, and both precisions agree. */
async function checkBatch(dataset: Dataset, field: string, rows: readonly number[]): Promise<void> {
  const { shape, columns, dtype } = dataset.fields[field]!
  const batch = await dataset.batch(rows)
  demand(batch.size === rows.length, `a batch of ${rows.length} samples has the size ${batch.size}`)
  const found = batch.fields[field]
  demand(
    found !== undefined && sameShape(found, shape),
    `"${field}" has the shape [${shape}], in a batch [${found}]`,
  )
  demand(!columns || columns.length === sizeOf(shape), `"${field}" has ${columns?.length} names of columns`)
  const [single, double] = [
    new Float32Array(rows.length * sizeOf(shape)),
    new Float64Array(rows.length * sizeOf(shape)),
  ]
  batch.fill(field, single)
  batch.fill(field, double)
  demand(sameNumbers(single, double.map(Math.fround)), `"${field}" is not the same in both precisions`)
  demand(dtype !== undefined, `"${field}" does not say how it is stored`)
}

async function valuesAt(dataset: Dataset, field: string, rows?: ArrayLike<number>): Promise<Float32Array> {
  return (await readField(dataset, field, rows)).data
}

function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.from(a).every((value, i) => Object.is(value + 0, b[i]! + 0))
}

async function refused(act: () => unknown, what: string): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (isSandglassError(error) && error.code === 'data') return
    throw error
  }
  throw new Error(`${what} is not refused`)
}

function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message)
}
