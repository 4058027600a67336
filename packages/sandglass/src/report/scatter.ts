import type { Scatter } from '@sandglass/core'
import { axes } from './axes'
import { type Figure, round, text } from './svg'
import type { Theme } from './theme'

/** Points in the plane, a colour and a shape (round or square) for each class, whose name stands at its median. */
export function scatter({ title, points, xLabel, yLabel, labels, names }: Omit<Scatter, 'type'>): Figure {
  const size = points.length / 2
  const classes = labels ? [...new Set(Array.from(labels))].sort((a, b) => a - b) : [0]
  const nameOf = (label: number) => names?.[label] ?? `class ${label}`
  const column = (axis: number) => Array.from({ length: size }, (_, i) => points[2 * i + axis]!)
  const legendWidth = labels ? 40 + 8 * Math.max(...classes.map((label) => nameOf(label).length)) : 0
  const frame = {
    width: 720 + legendWidth,
    height: 560,
    left: 64,
    right: 20 + legendWidth,
    top: 10,
    bottom: 46,
  }
  const { x, y, draw } = axes({
    frame,
    xRange: rangeOf(column(0)),
    yRange: rangeOf(column(1)),
    xLabel,
    yLabel,
    gridX: true,
  })

  function dots(label: number, rank: number, theme: Theme): string {
    let d = ''
    for (let i = 0; i < size; i++)
      if (!labels || labels[i] === label)
        d += `M${round(x(points[2 * i]!))} ${round(y(points[2 * i + 1]!))}h0`
    return `<path d="${d}" ${stroke(rank, theme)} stroke-opacity="0.75"/>`
  }

  function stroke(rank: number, theme: Theme): string {
    const colour = labels ? theme.classColour(rank) : theme.validation
    return rank % 2
      ? `stroke="${colour}" stroke-width="3.8" stroke-linecap="square"`
      : `stroke="${colour}" stroke-width="4.8" stroke-linecap="round"`
  }

  /** Names at the medians of their classes, moved up or down where they would lie on one another. */
  function namesAtMedians(theme: Theme): string {
    const places = classes.map((label) => {
      const own = Array.from({ length: size }, (_, i) => i).filter((i) => labels![i] === label)
      const median = (axis: number) =>
        own.map((i) => points[2 * i + axis]!).sort((a, b) => a - b)[own.length >> 1]!
      return { name: nameOf(label), x: x(median(0)), y: y(median(1)) + 4 }
    })
    spread(places)
    return places
      .map((place) =>
        text(place.x, place.y, place.name, {
          fill: theme.ink,
          weight: 600,
          anchor: 'middle',
          halo: theme.paper,
        }),
      )
      .join('')
  }

  return {
    width: frame.width,
    height: frame.height,
    title,
    draw: (theme) =>
      [
        draw(theme),
        ...classes.map((label, rank) => dots(label, rank, theme)),
        labels && classes.length <= 20 ? namesAtMedians(theme) : '',
        ...(labels
          ? classes.map((label, rank) => {
              const at = frame.top + 14 + rank * 22
              const left = frame.width - legendWidth + 4
              return `<path d="M${left} ${at - 4}h0" ${stroke(rank, theme).replace(/width="[\d.]+"/, 'width="9"')}/>${text(left + 14, at, nameOf(label), { fill: theme.ink })}`
            })
          : []),
      ].join(''),
  }
}

/** The ends, with a little room. */
function rangeOf(values: readonly number[]): [number, number] {
  const low = Math.min(...values)
  const high = Math.max(...values)
  const room = (high - low || 1) * 0.02
  return [low - room, high + room]
}

/** Height of a line of text, with its halo. */
const LINE = 17

/** Moves overlapping texts apart, half the overlap each, until none is left or it takes too long. */
export function spread(places: { name: string; x: number; y: number }[]): void {
  for (let round = 0; round < 100; round++) {
    let moved = false
    for (const [i, a] of places.entries())
      for (const b of places.slice(i + 1)) {
        const near = Math.abs(a.x - b.x) < 3.8 * (a.name.length + b.name.length)
        const overlap = LINE - Math.abs(a.y - b.y)
        if (!near || overlap <= 0.01) continue
        const up = a.y <= b.y ? a : b
        const down = up === a ? b : a
        up.y -= overlap / 2
        down.y += overlap / 2
        moved = true
      }
    if (!moved) return
  }
}
