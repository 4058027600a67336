import type { Histogram } from '@sandglass/core'
import { axes } from './axes'
import { showValue } from './curves'
import { ticks } from './scale'
import { type Figure, line, round, text } from './svg'

/** How many values fall into each of the bins from `low` up; the last bin takes what equals its upper edge. */
export function countBins(values: ArrayLike<number>, low: number, high: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0)
  for (let i = 0; i < values.length; i++) {
    const at = Math.floor(((values[i]! - low) / (high - low)) * bins)
    if (at >= 0 && at <= bins) counts[Math.min(at, bins - 1)]!++
  }
  return counts
}

/** A histogram with its mean, and a mark. */
export function histogram({ title, values, xLabel, yLabel, mark }: Omit<Histogram, 'type'>): Figure {
  const all = Array.from(values)
  const mean = all.reduce((sum, value) => sum + value, 0) / Math.max(1, all.length)
  const edges = ticks(
    Math.min(...all, mark?.value ?? Number.POSITIVE_INFINITY),
    Math.max(...all, mark?.value ?? Number.NEGATIVE_INFINITY),
    6,
  )
  const low = edges[0]!
  const high = edges.at(-1)!
  const bins = (edges.length - 1) * 5
  const counts = countBins(all, low, high, bins)
  const frame = { width: 860, height: 300, left: 58, right: 20, top: 40, bottom: 44 }
  const { x, y, draw } = axes({
    frame,
    xRange: [low, high],
    yRange: [0, Math.max(1, ...counts)],
    xLabel,
    yLabel,
    wholeY: true,
  })
  return {
    width: frame.width,
    height: frame.height,
    title,
    draw: (theme) => {
      const bars = counts.map((count, i) => {
        if (!count) return ''
        const left = x(low + ((high - low) * i) / bins) + 0.75
        const right = x(low + ((high - low) * (i + 1)) / bins) - 0.75
        return `<rect x="${round(left)}" y="${round(y(count))}" width="${round(right - left)}" height="${round(y(0) - y(count))}" fill="${theme.validation}" rx="1.5"/>`
      })
      const upright = (value: number, colour: string, dash: string) =>
        line(x(value), frame.top - 6, x(value), y(0), colour, `stroke-width="1.8" ${dash}`)
      return [
        `<line x1="0" y1="10" x2="20" y2="10" stroke="${theme.ink}" stroke-width="1.8"/>`,
        text(26, 14, `mean ${showValue(mean)}`, { fill: theme.muted }),
        ...(mark
          ? [
              `<line x1="130" y1="10" x2="150" y2="10" stroke="${theme.accent}" stroke-width="1.8" stroke-dasharray="5 4"/>`,
              text(156, 14, `${mark.name} ${showValue(mark.value)}`, { fill: theme.muted }),
            ]
          : []),
        draw(theme),
        ...bars,
        upright(mean, theme.ink, ''),
        mark ? upright(mark.value, theme.accent, 'stroke-dasharray="5 4"') : '',
      ].join('')
    },
  }
}
