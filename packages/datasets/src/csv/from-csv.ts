import { createDataset, type MemoryDataset, SandglassError } from '@sandglass/core'
import { narrow } from '../narrow'
import { classNumbers } from './class-numbers'
import { parseTable, type Table } from './parse-table'

export interface CsvOptions {
  name?: string
  /** Whether the first row names the columns; without names they are "0", "1", … Default true. */
  header?: boolean
  /** Default `,`. */
  delimiter?: string
  /** Columns that become `input`. Default: all that are neither target nor label. */
  input?: readonly string[]
  /** Columns that become `target`. */
  target?: readonly string[]
  /** Column that becomes `label`: class numbers, or names that are numbered in alphabetical order. */
  label?: string
}

/**
 * A dataset from CSV text (RFC 4180): `input` `[columns]`, `target` `[columns]`, `label` `[]`, each with the
 * names that the table has for its columns or classes.
 *
 * Throws `SandglassError` (code `data`) naming line and column for rows of another length, broken quotes, and cells
 * that are not finite numbers; also for unknown or repeated columns and for a table without rows.
 */
export function fromCsv(text: string, options: CsvOptions = {}): MemoryDataset {
  const { name = 'csv', header = true, delimiter = ',', target = [], label } = options
  const table = parseTable(text, { name, header, delimiter })
  const input =
    options.input ?? table.columns.filter((column) => !target.includes(column) && column !== label)
  if (input.length === 0)
    throw new SandglassError('data', `${name}: no column is left for the input`, {
      got: `columns ${table.columns.join(', ')}`,
    })
  const named = label === undefined ? undefined : classNumbers(table, label, name)
  const numbers = (columns: readonly string[]) => ({
    shape: [columns.length],
    data: columnsOf(table, columns, name),
    columns,
  })
  return createDataset(name, {
    input: numbers(input),
    ...(target.length > 0 && { target: numbers(target) }),
    ...(named && { label: { shape: [], data: named.label, classes: named.classes } }),
  })
}

// Without an ambiguity to backtrack into: linear in the length of the cell.
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/

function columnsOf(table: Table, columns: readonly string[], name: string): Float32Array | Float64Array {
  const at = columns.map((column) => table.indexOf(column))
  const out = new Float64Array(table.rows.length * at.length)
  let k = 0
  for (const [r, row] of table.rows.entries())
    for (const [j, c] of at.entries()) {
      const cell = row[c]!.trim()
      const value = NUMBER.test(cell) ? Number(cell) : Number.NaN
      if (!Number.isFinite(value))
        throw new SandglassError(
          'data',
          `${name}: not a finite number in row ${table.rowNumber(r)}, column "${columns[j]}"`,
          {
            got: JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}…` : cell),
            expected: 'a number like 3, -0.5 or 1e-3',
            advice: 'Leave the column out with `input`, or fill in what is missing.',
          },
        )
      out[k++] = value
    }
  return narrow(out)
}
