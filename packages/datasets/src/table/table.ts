import { checkedRows, SandglassError } from '@sandglass/core'
import { type ByteSource, memorySource, piecesOf } from './byte-source'
import type { Decimal } from './cells'
import { type Cells, decode, parseRows } from './parse-rows'
import { createRowScanner, type RowIndex } from './row-index'
import { detectFormat, type TableFormat, type TableFormatOptions } from './table-format'

/** A table of text, in memory or in a file, whose rows are parsed when they are asked for. */
export interface Table {
  readonly name: string
  readonly size: number
  /** Names of the columns, in order. */
  readonly columns: readonly string[]
  readonly decimal: Decimal
  /** What was decided about the table and might surprise, in sentences. */
  readonly notes: readonly string[]
  /** The rows at `rows`, in that order. Throws `SandglassError` (`data`) on rows of another length and broken quotes. */
  cells(rows: ArrayLike<number>): Cells | Promise<Cells>
  /** These rows as a table: a view. */
  select(rows: ArrayLike<number>): Table
  /** The number that editors give a row: from 1, the header counted. Empty lines are not counted. */
  rowNumber(row: number): number
}

export interface TableOptions extends TableFormatOptions {
  /** Default `table`. */
  readonly name?: string
}

/** Bytes that a decision about the format is made by. */
const BEGINNING = 2 ** 16

/**
 * A table from delimited text (CSV, RFC 4180), in memory. Throws `SandglassError` (`data`) when it is empty, two columns
 * have one name, or the delimiter cannot be one.
 *
 * @example
 * const table = await parseTable('name;grösse\nAda;1,68\n')
 */
export async function parseTable(
  text: string,
  { name = 'table', ...options }: TableOptions = {},
): Promise<Table> {
  return openTable(memorySource(name, new TextEncoder().encode(text)), options)
}

/** A table in a source of bytes: one pass finds its rows. Throws as `parseTable`. */
export async function openTable(source: ByteSource, options: TableFormatOptions = {}): Promise<Table> {
  const { name } = source
  const [head] = await source.read([[0, Math.min(BEGINNING, source.size)]])
  const bom = head![0] === 0xef && head![1] === 0xbb && head![2] === 0xbf ? 3 : 0
  const whole = source.size <= BEGINNING
  const format = detectFormat(name, decode(name, head!.subarray(bom), whole), options, whole)
  const scanner = createRowScanner(format.delimiter, { name, from: bom })
  for await (const { bytes } of piecesOf(source, bom)) scanner.push(bytes)
  return tableOver(source, scanner.finish(), format)
}

async function tableOver(source: ByteSource, index: RowIndex, format: TableFormat): Promise<Table> {
  const { name } = source
  const { delimiter, decimal, header, notes } = format
  const first = header ? 1 : 0
  if (index.size <= first)
    throw new SandglassError('data', `${name}: the table is empty`, {
      got: header && index.size ? 'a header and no rows' : 'no rows',
      expected: 'at least one row of data',
    })
  const rows = { source, index, delimiter }
  const [top] = await parseRows(rows, [0])
  const columns = header ? top!.map((column) => column.trim()) : top!.map((_, i) => String(i))
  const repeated = columns.find((column, i) => columns.indexOf(column) !== i)
  if (repeated !== undefined)
    throw new SandglassError('data', `${name}: two columns are named "${repeated}"`, {
      expected: 'unique names',
    })
  return view(index.size - first, (row) => row)

  function view(size: number, placeOf: (row: number) => number): Table {
    return Object.freeze({
      name,
      size,
      columns,
      decimal,
      notes,
      cells: (wanted: ArrayLike<number>) => {
        const places = Array.from(checkedRows(name, size, wanted), (row) => placeOf(row) + first)
        return parseRows(rows, places, columns.length)
      },
      select: (wanted: ArrayLike<number>) => {
        const chosen = checkedRows(name, size, wanted).map(placeOf)
        return view(chosen.length, (row) => chosen[row]!)
      },
      rowNumber: (row: number) => placeOf(row) + first + 1,
    })
  }
}
