import { type Attachments, type Dataset, SandglassError, type Splits } from '@sandglass/core'
import { load } from '../load'
import { minMax } from '../scalers/min-max'
import { robust } from '../scalers/robust'
import { applyScaler, type Scaler } from '../scalers/scaler'
import { standardise } from '../scalers/standardise'
import { mapParts, splitRows } from '../split'
import { MISSING } from './cells'
import { completeRows, encodeTable } from './encode-table'
import { type EncodingOptions, fitEncoding, usedColumns } from './fit-encoding'
import { scanRows } from './scan-rows'
import type { Table } from './table'
import type { TableEncoding } from './table-encoding'

/** How the numbers of `input` are scaled. */
export type Scaling = 'standardise' | 'minMax' | 'robust' | 'none'

export interface TableSplitsOptions extends EncodingOptions {
  /** Fractions or counts of the parts, as `split` has them. */
  readonly parts: { readonly train: number; readonly validation?: number; readonly test?: number }
  /** Draws the parts; without it they are cut in order. */
  readonly seed?: number
  /** Default `none`. Columns of categories are never scaled. */
  readonly scale?: Scaling
  /** Whether the parts are read into memory. Default true. */
  readonly inMemory?: boolean
}

/**
 * A table as training, validation and test data, with the same share of each class where there is a label. Encoding and
 * scaler are fitted on the training rows alone; they are the attachments `encoding` and `scaler` of the splits. Rejects
 * as `fitEncoding`, `encodeTable` and `split` do.
 *
 * @example
 * const data = await tableSplits(await readTable('people.csv'), {
 *   parts: { train: 0.8, validation: 0.2 }, seed: 1, label: 'kind', missing: 'median', scale: 'standardise',
 * })
 * const run = await fit(model, data, { optimizer: 'adam', epochs: 10, attachments: data.attachments })
 */
export async function tableSplits(table: Table, options: TableSplitsOptions): Promise<Splits> {
  const { parts, seed, scale = 'none', inMemory = true, missing, missingValues = MISSING } = options
  const { input, target, label } = usedColumns(table, options)
  const used = [...input, ...target, ...(label === undefined ? [] : [label])]
  const complete = missing === 'drop' ? table.select(await rowsOf(table, used, missingValues)) : table
  const classes = label === undefined ? undefined : await classesOf(complete, label)
  const given = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))
  const rows = splitRows(`the table ${table.name}`, complete.size, given, { seed, classes })
  const tables = mapParts(rows, (part) => complete.select(part))
  // In the order of the file, in which they are read fastest.
  const encoding = await fitEncoding(complete.select(rows.train!.slice().sort()), options)
  const encoded: Record<string, Dataset> = {}
  for (const [part, each] of Object.entries(tables)) {
    const { data } = await encodeTable(encoding, each)
    encoded[part] = inMemory ? await load(data) : data
  }
  const scaler = await fitScaler(encoding, encoded.train!, scale)
  const { train, validation, test } = mapParts(encoded, (data) => (scaler ? applyScaler(scaler, data) : data))
  return {
    train: train!,
    ...(validation && { validation }),
    ...(test && { test }),
    provenance: `the table ${table.name}`,
    attachments: attachmentsOf(encoding, scaler),
  }
}

async function rowsOf(table: Table, columns: readonly string[], missingValues: readonly string[]) {
  const rows = await completeRows(table, columns, missingValues)
  if (rows.length) return rows
  throw new SandglassError('data', `${table.name}: every row lacks a value`, {
    expected: 'at least one row without missing values',
    advice: "Fill them in: missing: 'mean' or 'median'.",
  })
}

/** Numbers for the texts of a column, in the order in which they appear. */
async function classesOf(table: Table, column: string): Promise<Int32Array> {
  const place = table.columns.indexOf(column)
  const numbers = new Map<string, number>()
  const classes = new Int32Array(table.size)
  await scanRows(table, (cells, _, index) => {
    const text = cells[place]!.trim()
    if (!numbers.has(text)) numbers.set(text, numbers.size)
    classes[index] = numbers.get(text)!
  })
  return classes
}

async function fitScaler(
  { input }: TableEncoding,
  train: Dataset,
  scale: Scaling,
): Promise<Scaler | undefined> {
  const columns = input.flatMap((column) => (column.kind === 'number' ? [column.name] : []))
  if (scale === 'none' || !columns.length) return undefined
  return { standardise, minMax, robust }[scale](train, { columns })
}

function attachmentsOf(encoding: TableEncoding, scaler: Scaler | undefined): Attachments {
  return {
    encoding: { kind: 'encoding', spec: encoding, tensors: {} },
    ...(scaler && { scaler: { kind: 'scaler', spec: scaler, tensors: {} } }),
  }
}
