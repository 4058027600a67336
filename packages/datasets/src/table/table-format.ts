import { SandglassError } from '@sandglass/core'
import Papa from 'papaparse'
import { type Decimal, MISSING, numberIn } from './cells'

export interface TableFormatOptions {
  /** Default: the one of `,`, `;`, tab and `|` that the first lines are written with. */
  readonly delimiter?: string
  /** Default: what the first lines are written with; `.` where they do not tell. */
  readonly decimal?: Decimal
  /** Whether the first row names the columns. Default: unless it is made of numbers. */
  readonly header?: boolean
}

/** How a table is written. */
export interface TableFormat {
  readonly delimiter: string
  readonly decimal: Decimal
  readonly header: boolean
  /** What was decided and might surprise, in sentences. */
  readonly notes: readonly string[]
}

const DELIMITERS = [',', ';', '\t', '|']

/** Lines that a decision is made by. */
const SAMPLE = 100

/**
 * How a table is written, by the beginning of its text where the options do not say. `whole` says whether that is all
 * of it. Throws `SandglassError` (`data`) on a delimiter that cannot be one.
 */
export function detectFormat(
  name: string,
  beginning: string,
  options: TableFormatOptions,
  whole: boolean,
): TableFormat {
  if (options.delimiter !== undefined) checkDelimiter(name, options.delimiter)
  const delimiters = options.delimiter === undefined ? DELIMITERS : [options.delimiter]
  const readings = delimiters.map((delimiter) => read(beginning, delimiter, options.decimal, whole))
  const best = readings.reduce((one, other) => (isBetter(other, one) ? other : one))
  const { delimiter, decimal, rows } = best
  const [first = []] = rows
  const isData = first.length > 0 && first.every((cell) => isNumberOrMissing(cell, decimal))
  const header = options.header ?? !isData
  const notes =
    isData && options.header === undefined
      ? [
          `${name}: the first row is made of numbers, so it was taken as data and the columns are named 0, 1, …; say header: true if it names them.`,
        ]
      : []
  return { delimiter, decimal, header, notes }
}

interface Reading {
  readonly delimiter: string
  readonly decimal: Decimal
  readonly rows: readonly (readonly string[])[]
  /** How well its rows agree in length. */
  readonly rank: number
  /** Share of the cells that are numbers or missing. */
  readonly numbers: number
}

function read(text: string, delimiter: string, given: Decimal | undefined, whole: boolean): Reading {
  const { data } = Papa.parse<string[]>(text, { delimiter, skipEmptyLines: true, preview: SAMPLE + 1 })
  // The last line may have been cut.
  const rows = whole || data.length > SAMPLE ? data.slice(0, SAMPLE) : data.slice(0, -1)
  const cells = rows.flat()
  const share = (decimal: Decimal) =>
    cells.filter((cell) => isNumberOrMissing(cell, decimal)).length / Math.max(1, cells.length)
  const decimals: Decimal[] = given ? [given] : delimiter === ',' ? ['.'] : ['.', ',']
  const decimal = decimals.reduce((one, other) => (share(other) > share(one) ? other : one))
  return { delimiter, decimal, rows, rank: rankOf(rows), numbers: share(decimal) }
}

/** Rows of several cells that agree come first, then those of which most agree, then single cells, then the others. */
function rankOf(rows: Reading['rows']): number {
  const [first = []] = rows
  const agreeing = rows.filter(({ length }) => length === first.length).length
  if (first.length < 2) return agreeing === rows.length ? 1 : 0
  return agreeing === rows.length ? 3 : agreeing >= rows.length / 2 ? 2 : 0
}

/** In doubt the earlier delimiter. */
function isBetter(a: Reading, b: Reading): boolean {
  return a.rank === b.rank ? a.numbers > b.numbers : a.rank > b.rank
}

function isNumberOrMissing(cell: string, decimal: Decimal): boolean {
  return numberIn(cell, decimal) !== undefined || MISSING.includes(cell.trim())
}

function checkDelimiter(name: string, delimiter: string): void {
  if (delimiter.length !== 1 || delimiter.charCodeAt(0) > 127 || Papa.BAD_DELIMITERS.includes(delimiter))
    throw new SandglassError('data', `${name}: unusable delimiter`, {
      got: JSON.stringify(delimiter),
      expected: 'one character such as "," or ";"',
    })
}
