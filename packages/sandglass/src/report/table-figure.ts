import type { Table } from '@sandglass/core'
import { showValue } from './curves'
import { type Figure, line, text } from './svg'

const ROW = 24
const CHARACTER = 7.2
const GAP = 28

/** A table as a picture: numbers to the right, words to the left, a line under the head. */
export function tableFigure({ title, columns, rows }: Omit<Table, 'type'>): Figure {
  const shown = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? showValue(cell) : cell)))
  const numeric = columns.map((_, c) => rows.every((row) => typeof row[c] === 'number'))
  const widths = columns.map(
    (name, c) => CHARACTER * Math.max(name.length, ...shown.map((row) => row[c]?.length ?? 0)) + GAP,
  )
  const left = widths.map((_, c) => widths.slice(0, c).reduce((sum, width) => sum + width, 0))
  const width = Math.max(
    320,
    widths.reduce((sum, each) => sum + each, 0),
  )
  const at = (c: number) => (numeric[c] ? left[c]! + widths[c]! - GAP : left[c]!)
  const anchor = (c: number) => (numeric[c] ? ('end' as const) : ('start' as const))
  return {
    width,
    height: ROW * (rows.length + 1) + 8,
    title,
    draw: (theme) =>
      [
        ...columns.map((name, c) => text(at(c), 16, name, { fill: theme.muted, anchor: anchor(c) })),
        line(0, ROW, width, ROW, theme.grid),
        ...shown.flatMap((row, r) =>
          row.map((cell, c) => text(at(c), ROW * (r + 1) + 18, cell, { fill: theme.ink, anchor: anchor(c) })),
        ),
      ].join(''),
  }
}
