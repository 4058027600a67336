import type { Filter, FilterGrid } from '@sandglass/core'
import { showValue } from './curves'
import { imageOf, pngUri } from './picture-grid'
import { type Figure, text } from './svg'

const WIDTH = 860
const GAP = 6
const LEGEND = 44

/**
 * Pictures of weights on one scale about zero. Zero is transparent, so that it has the colour of the page whether that
 * is light or dark; the strength of orange (positive) and blue (negative) is the magnitude. Three channels are shown as
 * colours about grey, other numbers of channels by their mean.
 */
export function filterGrid({ title, filters }: Omit<FilterGrid, 'type'>): Figure {
  const columns = columnsFor(filters.length)
  const cell = Math.min(100, (WIDTH - GAP * (columns - 1)) / columns)
  const { height, width } = filters[0]!
  const tall = (cell * height) / width
  const rows = Math.ceil(filters.length / columns)
  const limit = scaleOf(filters.flatMap((filter) => Array.from(toned(filter))))
  const top = LEGEND
  return {
    width: WIDTH,
    height: top + rows * (tall + GAP),
    title,
    draw: (theme) =>
      [
        text(0, 14, `−${showValue(limit)}`, { fill: theme.muted }),
        imageOf(legend(filters[0]!.channels === 3), 70, 2, 200, 16),
        `<rect x="70" y="2" width="200" height="16" fill="none" stroke="${theme.grid}"/>`,
        text(170, 33, '0', { fill: theme.muted, anchor: 'middle' }),
        text(278, 14, `+${showValue(limit)}`, { fill: theme.muted }),
        ...filters.map((filter, i) => {
          const x = (i % columns) * (cell + GAP)
          const y = top + Math.floor(i / columns) * (tall + GAP)
          return (
            `<g><title>unit ${filter.unit}</title>${imageOf(pictureOf(filter, limit), x, y, cell, tall)}` +
            `<rect x="${x}" y="${y}" width="${cell}" height="${tall}" fill="none" stroke="${theme.grid}"/></g>`
          )
        }),
      ].join(''),
  }
}

/** As many columns as leave few gaps and pictures that can be made out. */
function columnsFor(count: number): number {
  if (count <= 10) return Math.max(8, count)
  return count > 32 ? 16 : count > 20 ? 12 : 10
}

/** The magnitude that all but the largest hundredth of the weights stay below: single spikes shall not pale the rest. */
export function scaleOf(values: readonly number[]): number {
  const sorted = values.map(Math.abs).sort((a, b) => a - b)
  return sorted[Math.floor(0.99 * (sorted.length - 1))] || sorted.at(-1) || 1
}

/** One value a pixel, or three. */
function toned({ values, channels }: Filter): ArrayLike<number> {
  if (channels === 1 || channels === 3) return values
  const pixels = values.length / channels
  return Array.from({ length: pixels }, (_, p) => {
    let sum = 0
    for (let c = 0; c < channels; c++) sum += values[p * channels + c]!
    return sum / channels
  })
}

function pictureOf(filter: Filter, limit: number): string {
  const { width, height, channels } = filter
  const values = toned(filter)
  if (channels !== 3) return pngUri({ data: diverging(values, limit), width, height, channels: 4 })
  return pngUri({ data: aboutGrey(values, limit), width, height, channels: 3 })
}

/** From −1 to 1, for all channels alike where they are colours. */
function legend(colour: boolean): string {
  const values = Array.from({ length: 101 }, (_, i) => (i - 50) / 50)
  const size = { width: values.length, height: 1 }
  if (!colour) return pngUri({ data: diverging(values, 1), ...size, channels: 4 })
  const grey = values.flatMap((value) => [value, value, value])
  return pngUri({ data: aboutGrey(grey, 1), ...size, channels: 3 })
}

/** Brightness of colours: −limit is black, 0 is half, limit is full. */
function aboutGrey(values: ArrayLike<number>, limit: number): Uint8Array {
  return Uint8Array.from(values, (value) => Math.round(127.5 + 127.5 * limited(value / limit)))
}

// Both stand out from white and from black, and differ for the colour-blind.
const POSITIVE = [242, 100, 18]
const NEGATIVE = [52, 120, 246]

/** Colours with transparency, `[values, 4]`: −limit is blue, 0 is clear, limit is orange. */
export function diverging(values: ArrayLike<number>, limit: number): Uint8Array {
  const data = new Uint8Array(values.length * 4)
  for (let i = 0; i < values.length; i++) {
    const share = limited(values[i]! / limit)
    data.set(share < 0 ? NEGATIVE : POSITIVE, 4 * i)
    data[4 * i + 3] = Math.round(255 * Math.abs(share))
  }
  return data
}

function limited(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(-1, value)) : 0
}
