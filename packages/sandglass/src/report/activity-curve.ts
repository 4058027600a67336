import { axes } from './axes'
import { showValue } from './curves'
import { type Figure, line, round, text } from './svg'

export interface ActivityCurve {
  readonly path: string
  readonly epochs: readonly number[]
  readonly units: number
  /** `[epochs, units]` */
  readonly means: ArrayLike<number>
  /** Dead units after each epoch. */
  readonly dead: readonly number[]
  readonly target?: number
}

/** The mean activation of a layer's units by epoch, with the band of the middle 80 % of them, and the dead units. */
export function activityCurve({ path, epochs, units, means, dead, target }: ActivityCurve): Figure {
  const rows = epochs.map((_, e) =>
    Array.from({ length: units }, (_, unit) => means[e * units + unit]!).sort((a, b) => a - b),
  )
  const average = rows.map((row) => row.reduce((sum, value) => sum + value, 0) / units)
  const low = rows.map((row) => quantile(row, 0.1))
  const high = rows.map((row) => quantile(row, 0.9))
  const range = [...low, ...high, ...average, ...(target === undefined ? [] : [target])].filter(
    Number.isFinite,
  )
  const first = epochs[0]!
  const last = Math.max(first + 1, epochs.at(-1)!)
  const frame = { width: 860, height: 300, left: 58, right: 20, top: 40, bottom: 44 }
  const { x, y, draw } = axes({
    frame,
    xRange: [first, last],
    yRange: [Math.min(...range), Math.max(...range)],
    xLabel: 'epoch',
    yLabel: 'mean activation',
    exactX: true,
    wholeX: true,
  })
  const points = (values: readonly number[]) =>
    values.flatMap((value, i) =>
      Number.isFinite(value) ? [`${round(x(epochs[i]!))} ${round(y(value))}`] : [],
    )
  return {
    width: frame.width,
    height: frame.height,
    title: `Mean activation of ${path} by epoch`,
    draw: (theme) =>
      [
        `<line x1="0" y1="10" x2="20" y2="10" stroke="${theme.validation}" stroke-width="2.2"/>`,
        text(26, 14, `mean ${showValue(average.at(-1)!)}`, { fill: theme.muted }),
        `<rect x="130" y="4" width="20" height="12" fill="${theme.validation}" fill-opacity="0.2"/>`,
        text(156, 14, 'middle 80 % of the units', { fill: theme.muted }),
        ...(target === undefined
          ? []
          : [
              `<line x1="320" y1="10" x2="340" y2="10" stroke="${theme.accent}" stroke-width="1.8" stroke-dasharray="5 4"/>`,
              text(346, 14, `target ${showValue(target)}`, { fill: theme.muted }),
            ]),
        text(frame.width - frame.right, 14, `dead units: ${dead.at(-1)} of ${units}`, {
          fill: theme.ink,
          anchor: 'end',
        }),
        draw(theme),
        `<path d="M${[...points(high), ...points(low).reverse()].join('L')}Z" fill="${theme.validation}" fill-opacity="0.2"/>`,
        target === undefined
          ? ''
          : line(
              x(first),
              y(target),
              x(last),
              y(target),
              theme.accent,
              'stroke-width="1.8" stroke-dasharray="5 4"',
            ),
        `<path d="M${points(average).join('L')}" fill="none" stroke="${theme.validation}" stroke-width="2.2" stroke-linejoin="round"/>`,
      ].join(''),
  }
}

/** By linear interpolation between sorted values. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!]
  return below + (above - below) * (at - Math.floor(at))
}
