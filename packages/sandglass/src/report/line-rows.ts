import type { Sequence, Sequences } from '@sandglass/core'
import { linear } from './scale'
import { type Figure, line, round, text } from './svg'
import type { Theme } from './theme'

const WIDTH = 860
const LEFT = 150
const RIGHT = 12
const HEIGHT = 84
const GAP = 12
const TOP = 30

/** Sequences under each other, all on one scale: inputs as broad pale lines, outputs as thin ones over them. */
export function lineRows({ title, rows }: Omit<Sequences, 'type'>): Figure {
  const steps = rows[0]!.counted.length
  const all = rows.flatMap(({ input, output, damaged = [], counted }) =>
    [...input, ...output, ...damaged].flatMap((series) => series.filter((_, t) => counted[t])),
  )
  const finite = all.filter(Number.isFinite)
  const low = Math.min(...finite, Number.POSITIVE_INFINITY)
  const high = Math.max(...finite, Number.NEGATIVE_INFINITY)
  const x = linear(0, Math.max(1, steps - 1), LEFT, WIDTH - RIGHT)
  const bottom = TOP + rows.length * (HEIGHT + GAP)

  function drawRow(row: Sequence, r: number, theme: Theme): string {
    const top = TOP + r * (HEIGHT + GAP)
    const y = linear(low, high, top + HEIGHT - 4, top + 4)
    const half = (x(1) - x(0)) / 2
    const skipped = runsOf(row.counted, false).map(([from, to]) => {
      const left = Math.max(LEFT, x(from) - half)
      const right = Math.min(WIDTH - RIGHT, x(to) + half)
      return `<rect x="${round(left)}" y="${top}" width="${round(right - left)}" height="${HEIGHT}" fill="${theme.grid}"/>`
    })
    const draw = (series: readonly (readonly number[])[] = [], style: string) =>
      series.map((values, f) => {
        const d = pathOf(values, x, y)
        return (
          d &&
          `<path d="${d}" fill="none" stroke="${theme.classColour(f)}" stroke-linejoin="round" ${style}/>`
        )
      })
    return [
      ...skipped,
      line(LEFT, top + HEIGHT, WIDTH - RIGHT, top + HEIGHT, theme.grid),
      low < 0 && high > 0 ? line(LEFT, y(0), WIDTH - RIGHT, y(0), theme.grid) : '',
      text(LEFT - 50, top + HEIGHT / 2 + 4, row.name, { fill: theme.muted, anchor: 'end' }),
      ...[high, low].map((value, i) =>
        text(LEFT - 8, top + (i ? HEIGHT : 10), shortly(value), {
          fill: theme.muted,
          size: 10,
          anchor: 'end',
        }),
      ),
      ...draw(row.input, 'stroke-width="5" stroke-opacity="0.35"'),
      ...draw(row.damaged, 'stroke-width="1.2" stroke-dasharray="1 3" stroke-linecap="round"'),
      ...draw(row.output, 'stroke-width="1.6"'),
    ].join('')
  }

  return {
    width: WIDTH,
    height: bottom + 20,
    title,
    draw: (theme) =>
      [
        legend(theme, rows[0]!),
        ...rows.map((row, r) => drawRow(row, r, theme)),
        text(LEFT, bottom + 8, '0', { fill: theme.muted, size: 10, anchor: 'middle' }),
        text((LEFT + WIDTH - RIGHT) / 2, bottom + 10, 'step', { fill: theme.ink, anchor: 'middle' }),
        text(WIDTH - RIGHT, bottom + 8, String(steps - 1), { fill: theme.muted, size: 10, anchor: 'end' }),
      ].join(''),
  }
}

function legend(theme: Theme, { input, damaged }: Sequence): string {
  let at = LEFT
  const entry = (name: string, style: string, colour = theme.classColour(0)) => {
    const drawn =
      `<line x1="${at}" y1="10" x2="${at + 24}" y2="10" stroke="${colour}" ${style}/>` +
      text(at + 30, 14, name, { fill: theme.muted })
    at += 46 + 7 * name.length
    return drawn
  }
  return [
    entry('input', 'stroke-width="5" stroke-opacity="0.35"'),
    damaged ? entry('corrupted', 'stroke-width="1.4" stroke-dasharray="1 3" stroke-linecap="round"') : '',
    entry(damaged ? 'denoised' : 'reconstruction', 'stroke-width="1.6"'),
    ...(input.length > 1
      ? input.map((_, f) => entry(`feature ${f}`, 'stroke-width="4"', theme.classColour(f)))
      : []),
  ].join('')
}

/** A line through the finite values, broken where there is none. */
function pathOf(values: readonly number[], x: (v: number) => number, y: (v: number) => number): string {
  return runsOf(values.map(Number.isFinite), true)
    .map(([from, to]) =>
      values
        .slice(from, to + 1)
        .map((value, i) => `${i ? 'L' : 'M'}${round(x(from + i))} ${round(y(value))}`)
        .join(''),
    )
    .join('')
}

/** First and last places of the stretches that are `wanted`. */
export function runsOf(flags: readonly boolean[], wanted: boolean): [number, number][] {
  const runs: [number, number][] = []
  for (const [i, flag] of flags.entries()) {
    if (flag !== wanted) continue
    const last = runs.at(-1)
    if (last && last[1] === i - 1) last[1] = i
    else runs.push([i, i])
  }
  return runs
}

/** Two significant digits. */
function shortly(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(2))).replace('-', '−') : ''
}
