import { evenlySpaced } from '../evenly-spaced'
import { type Decimal, numberIn } from './cells'

/** What was found in one column. */
export interface ColumnSummary {
  /** Adds a cell that is not missing. `row` is for messages. */
  add(cell: string, row: number): void
  readonly numbers: number
  readonly texts: number
  /** The first cell that is no number. */
  readonly firstText?: { readonly cell: string; readonly row: number }
  /** Of the numbers. */
  mean(): number
  /** Of the numbers: of more than a million, of evenly spaced ones. */
  median(): number
  /** How often each text was found; the texts of numbers only where all cells are categories. */
  readonly counts: ReadonlyMap<string, number>
  readonly tooMany: boolean
}

/** Categories that a column may have. */
export const MOST_CATEGORIES = 1000

/** Counts what one column holds. `isCategory`: numbers are categories too. */
export function summariseColumn(decimal: Decimal, isCategory: boolean): ColumnSummary {
  const counts = new Map<string, number>()
  const kept = evenlySpaced()
  let numbers = 0
  let texts = 0
  let mean = 0
  let firstText: ColumnSummary['firstText']
  let tooMany = false

  return {
    add: (cell, row) => {
      const value = numberIn(cell, decimal)
      if (value === undefined) {
        texts++
        firstText ??= { cell, row }
      } else {
        numbers++
        mean += (value - mean) / numbers
        kept.add(value)
      }
      if (value !== undefined && !isCategory) return
      const text = cell.trim()
      if (counts.has(text) || counts.size < MOST_CATEGORIES) counts.set(text, (counts.get(text) ?? 0) + 1)
      else tooMany = true
    },
    get numbers() {
      return numbers
    },
    get texts() {
      return texts
    },
    get firstText() {
      return firstText
    },
    mean: () => mean,
    median: () => kept.quantile(0.5),
    counts,
    get tooMany() {
      return tooMany
    },
  }
}
