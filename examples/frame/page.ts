import type { Edition, Row } from './headline'
import type { Outcome } from './outcomes'

export const editions: Readonly<Record<Edition, string>> = {
  ml2: 'Géron, Hands-On Machine Learning, 2nd edition, chapter 17',
  ml3: 'Géron, Hands-On Machine Learning, 3rd edition, chapter 17',
  excelsior: "ExcelsiorCJH's Hands-On-ML, chapter 15",
  ml1: 'Géron, Hands-On Machine Learning, 1st edition, chapter 15',
  solaris: "solaris33's autoencoder tutorials",
  own: 'Models without published figures',
}

const INTRODUCTION = `# Headlines

Published results and ours, on the same data with the same architecture and budget. _Ours_ has the published settings;
_best_ has the same architecture, epochs and batches with an initializer, optimizer and schedule of our choice. Figures
are mean ± standard deviation over the seeds, with their number; a single seed stands without ±. _✓_ marks a figure as good as
the published one within the tolerance (0.003 and at most 3 % for losses, 0.004 for rounded accuracy, 0.02 for accuracy
unless the row says otherwise), _✓✓_ a better one, _✗_ one that is neither. Seconds are wall clock, the reading of data and
the compilation included, on a machine of two cores that had other work besides: an upper bound.

Figures of Keras are from \`tools/golden/headlines_in_full.py\`.

Written by \`npm run headlines\` from [headlines.jsonl](headlines.jsonl), which has every run.
`

/** The page of all results: a table for each edition, a line for each published figure. */
export function headlinesPage(rows: readonly Row[], outcomes: readonly Outcome[]): string {
  const sections = (Object.keys(editions) as Edition[]).flatMap((edition) => {
    const own = rows.filter((row) => row.edition === edition)
    if (!own.length) return []
    return [
      `## ${editions[edition]}`,
      table(
        ['model', 'figure', 'published', 'ours', '', 'best', '', 'seconds'],
        own.flatMap((row) => linesOf(row, outcomes)),
      ),
      own.map(notes).join('\n'),
    ]
  })
  return `${[INTRODUCTION, ...sections].join('\n\n')}\n`
}

function linesOf(row: Row, outcomes: readonly Outcome[]): string[][] {
  const of = (variant: string) => outcomes.filter((o) => o.row === row.name && o.variant === variant)
  const [ours, best] = [of('published'), of('best')]
  const names = Object.keys(row.published)
  const figures = names.length
    ? names
    : Object.keys(ours[0]?.values ?? {}).filter((n) => /^(val|test)_/.test(n))
  return figures.map((name, i) => {
    const cells = [ours, best].flatMap((runs) => {
      const values = runs.map(({ values }) => values[name]!)
      return [spread(values), verdict(row, name, values)]
    })
    const seconds = [ours, best].map((runs) =>
      runs.length ? mean(runs.map((r) => r.seconds)).toFixed(0) : '–',
    )
    return [
      i ? '' : `[${row.name}](../examples/${row.name}.ts)`,
      name,
      row.published[name] === undefined ? '–' : String(row.published[name]),
      ...cells,
      i ? '' : seconds.join(' / '),
    ]
  })
}

function notes({ name, settings, best, bestSettings, source, remark }: Row): string {
  return `- **${name}**: ${settings}. Source: ${source}.${best ? ` Best: ${bestSettings}.` : ''}${remark ? ` ${remark}` : ''}`
}

/** `✓✓` when the mean is better than the published figure, `✓` when it is as good within the tolerance. */
function verdict({ published, tolerance }: Row, name: string, values: readonly number[]): string {
  const goal = published[name]
  if (goal === undefined || !values.length) return ''
  const gain = /accuracy/i.test(name) ? mean(values) - goal : goal - mean(values)
  if (gain > 0) return '✓✓'
  return -gain <= (tolerance?.[name] ?? usualTolerance(name, goal)) ? '✓' : '✗'
}

function usualTolerance(name: string, goal: number): number {
  if (/roundedAccuracy/.test(name)) return 0.004
  return /accuracy/i.test(name) ? 0.02 : Math.min(0.003, 0.03 * goal)
}

function spread(values: readonly number[]): string {
  if (!values.length) return '–'
  const m = mean(values)
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - m) ** 2, 0) / (values.length - 1))
  const digits = Math.abs(m) >= 0.1 ? 4 : 5
  return `${m.toFixed(digits)}${values.length === 1 ? '' : ` ± ${deviation.toFixed(digits)} (${values.length})`}`
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [row(head), row(head.map(() => '---')), ...lines.map(row)].join('\n')
}
