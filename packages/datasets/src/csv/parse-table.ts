import { SandglassError } from '@sandglass/core'
import Papa from 'papaparse'

export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Where a column is. Throws when there is none of that name. */
  indexOf(column: string): number
  /** The number that people give row `r`: from 1, the header counted. */
  rowNumber(r: number): number
}

/** Parses CSV strictly: every row as long as the first, quotes balanced, names of columns unique. */
export function parseTable(
  text: string,
  { name, header, delimiter }: { name: string; header: boolean; delimiter: string },
): Table {
  if (delimiter.length !== 1 || Papa.BAD_DELIMITERS.includes(delimiter))
    throw new SandglassError('data', `${name}: unusable delimiter`, {
      got: JSON.stringify(delimiter),
      expected: 'one character such as "," or ";"',
    })
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\ufeff/, ''), {
    delimiter,
    skipEmptyLines: true,
  })
  const [problem] = errors
  if (problem)
    throw new SandglassError('data', `${name}: malformed CSV in row ${(problem.row ?? 0) + 1}`, {
      got: problem.message,
    })
  const [first] = data
  if (!first || data.length === (header ? 1 : 0))
    throw new SandglassError('data', `${name}: the table is empty`, {
      got: header && first ? 'a header and no rows' : 'no rows',
      expected: 'at least one row of data',
    })
  for (const [r, row] of data.entries())
    if (row.length !== first.length)
      throw new SandglassError('data', `${name}: row ${r + 1} is of another length`, {
        got: `${row.length} cells`,
        expected: `${first.length}, as in the first row`,
      })
  const columns = header ? first.map((column) => column.trim()) : first.map((_, i) => String(i))
  const repeated = columns.find((column, i) => columns.indexOf(column) !== i)
  if (repeated !== undefined)
    throw new SandglassError('data', `${name}: two columns are named "${repeated}"`, {
      expected: 'unique names',
    })
  return {
    columns,
    rows: header ? data.slice(1) : data,
    indexOf: (column) => position(columns, column, name),
    rowNumber: (r) => r + (header ? 2 : 1),
  }
}

function position(columns: readonly string[], column: string, name: string): number {
  const index = columns.indexOf(column)
  if (index < 0)
    throw new SandglassError('data', `${name}: no column "${column}"`, {
      expected: `one of ${columns.join(', ')}`,
    })
  return index
}
