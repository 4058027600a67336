import {
  after,
  createBatch,
  createLazyDataset,
  type Dataset,
  type FieldDescription,
  SandglassError,
  type StoredField,
} from '@sandglass/core'
import { numberIn, showCell } from './cells'
import { noValue } from './fit-encoding'
import { scanRows } from './scan-rows'
import type { Table } from './table'
import { type ColumnEncoding, featureNames, type TableEncoding, widthOf } from './table-encoding'

export interface EncodedTable {
  /** A view: rows are parsed when they are read. `load` takes it into memory. */
  readonly data: Dataset
  /** The row of the table, from 0, that each sample is of. */
  readonly rows: Int32Array
}

/**
 * The rows of a table as samples: `input` and `target` `[features]`, `label` `[]`, with the names of columns and classes.
 * Columns are found by their names. A table may lack target and label; those of its rows that lack a value are left out
 * or filled in as the encoding says.
 *
 * Rejects with `SandglassError` (`data`) on missing and unknown columns. Cells that are no numbers, unknown categories
 * and missing values are refused when they are read.
 */
export async function encodeTable(encoding: TableEncoding, table: Table): Promise<EncodedTable> {
  checkColumns(encoding, table)
  const fields = fieldsOf(encoding, table)
  const rows = await keptRows(encoding, table)
  const kept = rows.length === table.size ? table : table.select(rows)
  const data = createLazyDataset(table.name, {
    size: kept.size,
    fields: Object.fromEntries(fields.map(({ name, description }) => [name, description])),
    read: (wanted, names) => {
      const read = fields.filter(({ name }) => names.includes(name))
      return after(kept.cells(wanted), (cells) =>
        createBatch(
          Object.fromEntries(
            read.map(({ name, encode }): [string, StoredField] => [
              name,
              encode(cells, (i) => kept.rowNumber(wanted[i]!)),
            ]),
          ),
        ),
      )
    },
  })
  return { data, rows }
}

interface EncodedField {
  readonly name: string
  readonly description: FieldDescription
  /** `rowOf` gives the number that editors give a row. */
  encode(cells: readonly (readonly string[])[], rowOf: (i: number) => number): StoredField
}

function fieldsOf(encoding: TableEncoding, table: Table): EncodedField[] {
  const { input, target = [], label } = encoding
  const has = ({ name }: { name: string }) => table.columns.includes(name)
  return [
    numbersField('input', input, encoding, table),
    ...(target.length && target.every(has) ? [numbersField('target', target, encoding, table)] : []),
    ...(label && has(label) ? [labelField(label, encoding, table)] : []),
  ]
}

function numbersField(
  name: string,
  columns: readonly ColumnEncoding[],
  { missingValues }: TableEncoding,
  table: Table,
): EncodedField {
  const names = featureNames(columns)
  const shape = [names.length]
  const isMissing = new Set(missingValues)
  const encoders = columns.map((column) => {
    const place = table.columns.indexOf(column.name)
    const write = column.kind === 'number' ? numberWriter(column, table) : categoryWriter(column, table)
    return { place, width: widthOf(column), write, column }
  })
  return {
    name,
    description: { shape, dtype: 'float64', columns: names },
    encode: (cells, rowOf) => {
      const data = new Float64Array(cells.length * names.length)
      let at = 0
      for (const [i, row] of cells.entries())
        for (const { place, width, write, column } of encoders) {
          const cell = row[place]!.trim()
          const missing = isMissing.has(cell)
          if (missing && column.fill === undefined) throw noValue(table, column.name, rowOf(i))
          write(missing ? undefined : cell, data, at, () => rowOf(i))
          at += width
        }
      return { shape, data, columns: names }
    },
  }
}

type Writer = (cell: string | undefined, out: Float64Array, at: number, row: () => number) => void

function numberWriter(column: Extract<ColumnEncoding, { kind: 'number' }>, table: Table): Writer {
  return (cell, out, at, row) => {
    const value = cell === undefined ? column.fill! : numberIn(cell, table.decimal)
    if (value === undefined)
      throw new SandglassError(
        'data',
        `${table.name}: not a finite number in row ${row()}, column "${column.name}"`,
        {
          got: showCell(cell!),
          expected: `a number like 3, -0${table.decimal}5 or 1e-3`,
          advice: 'Mend it, or name its text in `missingValues`.',
        },
      )
    out[at] = value
  }
}

function categoryWriter(column: Extract<ColumnEncoding, { kind: 'category' }>, table: Table): Writer {
  const places = new Map(column.categories.map((category, i) => [category, i]))
  return (cell, out, at, row) => {
    const place = places.get(cell ?? column.fill!)
    if (place === undefined)
      throw new SandglassError(
        'data',
        `${table.name}: an unknown category in row ${row()}, column "${column.name}"`,
        { got: showCell(cell!), expected: `one of ${column.categories.slice(0, 20).join(', ')}` },
      )
    out[at + place] = 1
  }
}

function labelField(
  { name: column, classes }: NonNullable<TableEncoding['label']>,
  { missingValues }: TableEncoding,
  table: Table,
): EncodedField {
  const place = table.columns.indexOf(column)
  const numbers = classes && new Map(classes.map((name, i) => [name, i]))
  const named = classes && { classes }
  return {
    name: 'label',
    description: { shape: [], dtype: 'int32', ...named },
    encode: (cells, rowOf) => {
      const data = Int32Array.from(cells, (row, i) => {
        const cell = row[place]!.trim()
        if (missingValues.includes(cell)) throw noValue(table, column, rowOf(i), column)
        const found = numbers ? numbers.get(cell) : /^\d{1,9}$/.test(cell) ? Number(cell) : undefined
        if (found === undefined)
          throw new SandglassError(
            'data',
            `${table.name}: an unknown class in row ${rowOf(i)}, column "${column}"`,
            {
              got: showCell(cell),
              expected: classes ? `one of ${classes.join(', ')}` : 'a class number from 0',
            },
          )
        return found
      })
      return { shape: [], data, ...named }
    },
  }
}

/** Rows that are not dropped. */
async function keptRows(encoding: TableEncoding, table: Table): Promise<Int32Array> {
  const all = Int32Array.from({ length: table.size }, (_, i) => i)
  if (encoding.missing !== 'drop') return all
  const { input, target = [], label, missingValues } = encoding
  const kept = await completeRows(
    table,
    [...input, ...target, ...(label ? [label] : [])].map(({ name }) => name),
    missingValues,
  )
  if (!kept.length)
    throw new SandglassError('data', `${table.name}: every row lacks a value`, {
      expected: 'at least one row without missing values',
      advice: "Fill them in: missing: 'mean' or 'median'.",
    })
  return kept
}

/** Rows that have a value in each of these columns; those that the table does not have are passed over. */
export async function completeRows(
  table: Table,
  columns: readonly string[],
  missingValues: readonly string[],
): Promise<Int32Array> {
  const places = columns.map((column) => table.columns.indexOf(column)).filter((place) => place >= 0)
  const isMissing = new Set(missingValues)
  const kept: number[] = []
  await scanRows(table, (cells, _, index) => {
    if (!places.some((place) => isMissing.has(cells[place]!.trim()))) kept.push(index)
  })
  return Int32Array.from(kept)
}

/** Columns are matched by name. */
function checkColumns({ input, target = [], label, ignored }: TableEncoding, { name, columns }: Table): void {
  const wanted = input.map((column) => column.name)
  const missing = wanted.filter((column) => !columns.includes(column))
  const known = new Set([
    ...wanted,
    ...target.map((column) => column.name),
    ...(label ? [label.name] : []),
    ...ignored,
  ])
  const unknown = columns.filter((column) => !known.has(column))
  const listed = (names: readonly string[]) => names.map((column) => `"${column}"`).join(', ')
  if (missing.length)
    throw new SandglassError('data', `${name}: columns are missing: ${listed(missing)}`, {
      got: columns.join(', '),
      expected: wanted.join(', '),
    })
  if (unknown.length)
    throw new SandglassError('data', `${name}: columns are unknown: ${listed(unknown)}`, {
      expected: `those of the data that the encoding was fitted on: ${[...known].join(', ')}`,
      advice: 'Take them out of the table.',
    })
}
