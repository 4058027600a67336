import { SandglassError } from '@sandglass/core'
import type { Table } from './parse-table'

/** Class numbers from a column that holds them, or names numbered in alphabetical (code unit) order. */
export function classNumbers(
  table: Table,
  column: string,
  name: string,
): { label: Int32Array; classes?: readonly string[] } {
  const at = table.indexOf(column)
  const cells = table.rows.map((row) => row[at]!.trim())
  const empty = cells.indexOf('')
  if (empty >= 0)
    throw new SandglassError(
      'data',
      `${name}: no class in row ${table.rowNumber(empty)}, column "${column}"`,
      {
        got: 'an empty cell',
      },
    )
  if (cells.every((cell) => /^\d{1,9}$/.test(cell))) return { label: Int32Array.from(cells, Number) }
  const classes = Object.freeze([...new Set(cells)].sort())
  const numbers = new Map(classes.map((text, i) => [text, i]))
  return { label: Int32Array.from(cells, (cell) => numbers.get(cell)!), classes }
}
