import type { Curves } from '@sandglass/core'
import { axes } from './axes'
import { showValue } from './curves'
import { type Figure, line, round, text } from './svg'
import type { Theme } from './theme'

/** Lines over a common axis, each with its last value in the legend and, where it has one, a band about it. */
export function bandCurves({
  title,
  x: places,
  xLabel,
  yLabel,
  series,
  mark,
  note,
}: Omit<Curves, 'type'>): Figure {
  const range = [
    ...series.flatMap(({ values, band }) => [...values, ...(band ? [...band.low, ...band.high] : [])]),
    ...(mark ? [mark.value] : []),
  ].filter(Number.isFinite)
  const first = places[0] ?? 0
  const last = Math.max(first + 1, places.at(-1) ?? 0)
  const frame = { width: 860, height: 300, left: 58, right: 20, top: 40, bottom: 44 }
  const { x, y, draw } = axes({
    frame,
    xRange: [first, last],
    yRange: range.length ? [Math.min(...range), Math.max(...range)] : [0, 1],
    xLabel,
    yLabel,
    exactX: true,
    wholeX: true,
  })
  const points = (values: readonly number[]) =>
    values.flatMap((value, i) =>
      Number.isFinite(value) ? [`${round(x(places[i]!))} ${round(y(value))}`] : [],
    )
  const colourOf = (theme: Theme, i: number) =>
    series.length === 1 ? theme.validation : theme.classColour(i)

  function drawSeries({ values, band }: Curves['series'][number], colour: string): string {
    const area = band && [...points(band.high), ...points(band.low).reverse()]
    return [
      area?.length ? `<path d="M${area.join('L')}Z" fill="${colour}" fill-opacity="0.2"/>` : '',
      `<path d="M${points(values).join('L')}" fill="none" stroke="${colour}" stroke-width="2.2" stroke-linejoin="round"/>`,
    ].join('')
  }

  function legend(theme: Theme): string {
    let at = 0
    const entry = (drawn: (left: number) => string, words: string) => {
      const result = drawn(at) + text(at + 26, 14, words, { fill: theme.muted })
      at += 44 + 6.5 * words.length
      return result
    }
    const stroke =
      (colour: string, width: number, dash = '') =>
      (left: number) =>
        `<line x1="${left}" y1="10" x2="${left + 20}" y2="10" stroke="${colour}" stroke-width="${width}"${dash}/>`
    return [
      ...series.flatMap(({ name, values, band }, i) => {
        const colour = colourOf(theme, i)
        const box = (left: number) =>
          `<rect x="${left}" y="4" width="20" height="12" fill="${colour}" fill-opacity="0.2"/>`
        const end = values.findLast(Number.isFinite)
        return [
          entry(stroke(colour, 2.2), end === undefined ? name : `${name} ${showValue(end)}`),
          band ? entry(box, band.name) : '',
        ]
      }),
      mark
        ? entry(stroke(theme.accent, 1.8, ' stroke-dasharray="5 4"'), `${mark.name} ${showValue(mark.value)}`)
        : '',
    ].join('')
  }

  return {
    width: frame.width,
    height: frame.height,
    title,
    draw: (theme) =>
      [
        legend(theme),
        note ? text(frame.width - frame.right, 14, note, { fill: theme.ink, anchor: 'end' }) : '',
        draw(theme),
        ...series.map((each, i) => drawSeries(each, colourOf(theme, i))),
        mark
          ? line(
              x(first),
              y(mark.value),
              x(last),
              y(mark.value),
              theme.accent,
              'stroke-width="1.8" stroke-dasharray="5 4"',
            )
          : '',
      ].join(''),
  }
}
