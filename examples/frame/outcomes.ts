import type { Row, Values, Variant } from './headline'

/** One finished run: a line of docs/headlines.jsonl. */
export interface Outcome {
  readonly row: string
  readonly variant: Variant
  readonly seed: number
  readonly backend: string
  /** Wall clock, data and compilation included. */
  readonly seconds: number
  readonly values: Values
}

export type Task = Pick<Outcome, 'row' | 'variant' | 'seed'>

/** The runs of a results file. A line cut short, as a killed program leaves it, counts as not run. */
export function parseOutcomes(text: string): Outcome[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Outcome]
    } catch {
      return []
    }
  })
}

/** What to add to a results file for one more run: a line of its own, even after one cut short. */
export function addition(text: string, outcome: Outcome): string {
  return `${text === '' || text.endsWith('\n') ? '' : '\n'}${JSON.stringify(outcome)}\n`
}

/** What remains to run: every row with each seed once before any with the next, so that a page is whole early. */
export function pending(
  rows: readonly Pick<Row, 'name' | 'best'>[],
  variants: readonly Variant[],
  seeds: readonly number[],
  done: readonly Task[],
): Task[] {
  const key = ({ row, variant, seed }: Task) => `${row} ${variant} ${seed}`
  const finished = new Set(done.map(key))
  return seeds
    .flatMap((seed) => rows.flatMap((row) => variants.map((variant) => ({ row, variant, seed }))))
    .filter(({ row, variant }) => variant === 'published' || row.best)
    .map(({ row, variant, seed }) => ({ row: row.name, variant, seed }))
    .filter((task) => !finished.has(key(task)))
}
