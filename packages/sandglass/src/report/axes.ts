import { linear, tickLabels, ticks } from './scale'
import { line, text } from './svg'
import type { Theme } from './theme'

export interface Frame {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

export interface AxesOptions {
  readonly frame: Frame
  readonly xRange: readonly [number, number]
  readonly yRange: readonly [number, number]
  readonly xLabel: string
  readonly yLabel?: string
  /** Ticks at whole numbers only. */
  readonly wholeX?: boolean
  readonly wholeY?: boolean
  /** Keep the x range as given instead of widening it to round numbers. */
  readonly exactX?: boolean
  readonly gridX?: boolean
}

export interface Axes {
  readonly x: (value: number) => number
  readonly y: (value: number) => number
  draw(theme: Theme): string
}

/** Scales of a plot with horizontal grid lines, ticks and labels. */
export function axes(options: AxesOptions): Axes {
  const { frame, xLabel, yLabel, exactX, wholeX, wholeY, gridX } = options
  const { left, top } = frame
  const right = frame.width - frame.right
  const bottom = frame.height - frame.bottom
  const xs = whole(
    ticks(...options.xRange, Math.max(3, Math.min(8, Math.round((right - left) / 70)))),
    wholeX,
  )
  const ys = whole(
    ticks(...options.yRange, Math.max(3, Math.min(6, Math.round((bottom - top) / 45)))),
    wholeY,
  )
  const [lowX, highX] = exactX ? options.xRange : [xs[0]!, xs.at(-1)!]
  const x = linear(lowX, highX, left, right)
  const y = linear(ys[0]!, ys.at(-1)!, bottom, top)
  const shown = xs.filter((value) => value >= lowX - 1e-9 && value <= highX + 1e-9)

  return {
    x,
    y,
    draw: ({ grid, muted, ink }) => {
      const xLabels = tickLabels(shown)
      const yLabels = tickLabels(ys)
      return [
        ...ys.map((value, i) =>
          line(left, y(value), right, y(value), grid, i ? '' : `style="stroke:${muted}"`),
        ),
        ...ys.map((value, i) => text(left - 8, y(value) + 4, yLabels[i]!, { fill: muted, anchor: 'end' })),
        ...(gridX ? shown.map((value) => line(x(value), top, x(value), bottom, grid)) : []),
        ...shown.map((value) => line(x(value), bottom, x(value), bottom + 4, muted)),
        ...shown.map((value, i) =>
          text(x(value), bottom + 18, xLabels[i]!, { fill: muted, anchor: 'middle' }),
        ),
        text((left + right) / 2, frame.height - 6, xLabel, { fill: ink, anchor: 'middle' }),
        yLabel ? text(14, (top + bottom) / 2, yLabel, { fill: ink, anchor: 'middle', rotate: -90 }) : '',
      ].join('')
    },
  }
}

function whole(values: number[], only = false): number[] {
  if (!only) return values
  const kept = values.filter(Number.isInteger)
  return kept.length > 1 ? kept : [Math.floor(values[0]!), Math.ceil(values.at(-1)!)]
}
