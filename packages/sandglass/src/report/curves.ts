import { axes } from './axes'
import { type Figure, placed, round, text } from './svg'
import type { Theme } from './theme'

export type HistoryRow = Readonly<Record<string, number | null>>

const WIDTH = 400
const HEIGHT = 260
const GAP = 32

/**
 * A small chart for each quantity of the history: training and, where there is one, validation. A quantity that runs as
 * one before it, as the only part of a loss does, has none.
 */
export function curves(history: readonly HistoryRow[]): Figure[] {
  const seen = new Set<string>()
  const distinct = namesOf(history).filter((name) => {
    const values = JSON.stringify(history.map((row) => [row[name], row[`val_${name}`]]))
    return !seen.has(values) && seen.add(values)
  })
  return distinct.map((name) => curve(name, history))
}

/** All of them as one figure, in two or three columns. */
export function curvesSheet(history: readonly HistoryRow[]): Figure {
  const all = curves(history)
  const columns = columnsOf(all.length)
  const rows = Math.ceil(all.length / columns)
  return {
    width: columns * WIDTH + (columns - 1) * GAP,
    height: rows * HEIGHT + (rows - 1) * GAP,
    title: 'Training',
    draw: (theme) =>
      all
        .map((figure, i) =>
          placed(figure, (i % columns) * (WIDTH + GAP), Math.floor(i / columns) * (HEIGHT + GAP), theme),
        )
        .join(''),
  }
}

/** Columns that leave the fewest gaps. */
export function columnsOf(charts: number): number {
  return charts === 4 || charts === 2 ? 2 : Math.min(3, charts)
}

/** What is worth a chart: everything but the epoch, and the learning rate only where it changes. */
function namesOf(history: readonly HistoryRow[]): string[] {
  const names = new Set(history.flatMap((row) => Object.keys(row)))
  return [...names].filter((name) => {
    if (name === 'epoch' || name.startsWith('val_')) return false
    const distinct = new Set(history.map((row) => row[name]))
    return !/learningRate$/.test(name) || distinct.size > 1
  })
}

type Point = readonly [number, number]

function curve(name: string, history: readonly HistoryRow[]): Figure {
  const training = pointsOf(history, name)
  const validation = pointsOf(history, `val_${name}`)
  const values = [...training, ...validation].map(([, value]) => value)
  const epochs = history.map((row) => row.epoch ?? 0)
  const first = Math.min(...epochs)
  const last = Math.max(first + 1, ...epochs)
  const frame = { width: WIDTH, height: HEIGHT, left: 58, right: 14, top: 50, bottom: 42 }
  const { x, y, draw } = axes({
    frame,
    xRange: [first, last],
    yRange: values.length ? [Math.min(...values), Math.max(...values)] : [0, 1],
    xLabel: 'epoch',
    exactX: true,
    wholeX: true,
  })

  function path(points: readonly Point[], colour: string, dash: string): string {
    const d = points.map(([px, py], i) => `${i ? 'L' : 'M'}${round(x(px))} ${round(y(py))}`).join('')
    const end = points.at(-1)
    if (!end) return ''
    return (
      `<path d="${d}" fill="none" stroke="${colour}" stroke-width="2.2" stroke-linejoin="round" stroke-linecap="round"${dash}/>` +
      `<circle cx="${round(x(end[0]))}" cy="${round(y(end[1]))}" r="3.2" fill="${colour}"/>`
    )
  }

  return {
    width: WIDTH,
    height: HEIGHT,
    title: `${name} by epoch`,
    draw: (theme) =>
      [
        text(0, 14, name, { fill: theme.ink, size: 14, weight: 600 }),
        legend(theme, training.at(-1)?.[1], validation.at(-1)?.[1]),
        draw(theme),
        path(training, theme.train, ' stroke-dasharray="5 4"'),
        path(validation, theme.validation, ''),
      ].join(''),
  }
}

function legend(theme: Theme, training?: number, validation?: number): string {
  const entries: string[] = []
  let at = 0
  for (const [label, value, colour, dash] of [
    ['training', training, theme.train, 'stroke-dasharray="5 4"'],
    ['validation', validation, theme.validation, ''],
  ] as const) {
    if (value === undefined) continue
    entries.push(
      `<line x1="${at}" y1="27" x2="${at + 20}" y2="27" stroke="${colour}" stroke-width="2.2" ${dash}/>`,
      text(at + 26, 31, `${label} ${showValue(value)}`, { fill: theme.muted }),
    )
    at += 150
  }
  return entries.join('')
}

function pointsOf(history: readonly HistoryRow[], name: string): Point[] {
  return history.flatMap((row): Point[] => {
    const value = row[name]
    return typeof value === 'number' && Number.isFinite(value) ? [[row.epoch ?? 0, value]] : []
  })
}

/** A measured value for people: four significant digits. */
export function showValue(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2)
  return size >= 100 ? value.toFixed(1) : value.toFixed(4)
}
