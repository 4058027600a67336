import { range } from '@sandglass/core'
import type { Table } from './table'

/** Rows parsed at a time. */
const CHUNK = 2048

/** Goes through the rows of a table in order. `row` is the number that editors give it, `index` its place. */
export async function scanRows(
  table: Table,
  visit: (cells: readonly string[], row: number, index: number) => void,
): Promise<void> {
  for (let at = 0; at < table.size; at += CHUNK) {
    const rows = range(at, Math.min(at + CHUNK, table.size))
    const cells = await table.cells(rows)
    for (const [i, row] of cells.entries()) visit(row, table.rowNumber(at + i), at + i)
  }
}
