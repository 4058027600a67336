/** How the numbers of a table are written. */
export type Decimal = '.' | ','

// Without an ambiguity to backtrack into: linear in the length of the cell.
const NUMBERS: Readonly<Record<Decimal, RegExp>> = {
  '.': /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/,
  ',': /^[+-]?(?:\d+(?:,\d*)?|,\d+)(?:[eE][+-]?\d+)?$/,
}

/** The finite number that a cell holds; undefined when it holds none. */
export function numberIn(cell: string, decimal: Decimal): number | undefined {
  const text = cell.trim()
  if (!NUMBERS[decimal].test(text)) return undefined
  const value = Number(decimal === ',' ? text.replace(',', '.') : text)
  return Number.isFinite(value) ? value : undefined
}

/** What people and programs write where a value is missing. */
export const MISSING = Object.freeze(['', 'NA', 'N/A', 'n/a', 'NaN', 'nan', 'NULL', 'null', 'None', '-', '?'])

/** A cell for messages. */
export function showCell(cell: string): string {
  return JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}…` : cell)
}
