import type { Picture, PictureGrid } from '@sandglass/core'
import { encode } from 'fast-png'
import { type Figure, round, text } from './svg'

/** Whether samples of this shape are pictures, and of which size. */
export function pictureShape(shape: readonly number[]): Omit<Picture, 'values'> | undefined {
  const [height = 0, width = 0, channels = 1] = shape
  if (shape.length < 2 || shape.length > 3 || (channels !== 1 && channels !== 3)) return undefined
  return height >= 4 && width >= 4 ? { height, width, channels } : undefined
}

const CELL = 84
const GAP = 6
const LEFT = 112
const TOP = 0

/** Rows of small pictures under each other, each row named, each column with its caption. */
export function pictureGrid({ title, rows, captions = [] }: Omit<PictureGrid, 'type'>): Figure {
  const columns = Math.max(...rows.map(({ pictures }) => pictures.length))
  const captioned = captions.length > 0 ? 20 : 0
  return {
    width: LEFT + columns * (CELL + GAP),
    height: TOP + rows.length * (CELL + GAP) + captioned,
    title,
    draw: (theme) =>
      [
        ...rows.map(({ name }, r) =>
          text(LEFT - 12, TOP + r * (CELL + GAP) + CELL / 2 + 4, name, { fill: theme.muted, anchor: 'end' }),
        ),
        ...rows.flatMap(({ pictures }, r) =>
          pictures.map((picture, c) =>
            imageOf(dataUri(picture), LEFT + c * (CELL + GAP), TOP + r * (CELL + GAP), CELL, CELL),
          ),
        ),
        ...captions.slice(0, columns).map((caption, c) =>
          text(LEFT + c * (CELL + GAP) + CELL / 2, TOP + rows.length * (CELL + GAP) + 12, caption, {
            fill: theme.muted,
            size: 11,
            anchor: 'middle',
          }),
        ),
      ].join(''),
  }
}

function dataUri({ values, width, height, channels }: Picture): string {
  const data = new Uint8Array(width * height * channels)
  for (let i = 0; i < data.length; i++) data[i] = Math.round(255 * Math.min(1, Math.max(0, values[i]!)))
  return pngUri({ data, width, height, channels })
}

/** An `<image>` of pixels that stay sharp. */
export function imageOf(href: string, x: number, y: number, width: number, height: number): string {
  return (
    `<image x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" preserveAspectRatio="none" ` +
    `style="image-rendering:pixelated" image-rendering="optimizeSpeed" href="${href}"/>`
  )
}

/** Bytes `[height, width, channels]` as the address of a picture; four channels have transparency. */
export function pngUri(image: {
  data: Uint8Array
  width: number
  height: number
  channels: 1 | 3 | 4
}): string {
  return `data:image/png;base64,${base64(encode({ ...image, depth: 8 }))}`
}

/** In pieces, since a call takes only so many arguments. */
function base64(bytes: Uint8Array): string {
  let binary = ''
  for (let i = 0; i < bytes.length; i += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000))
  return btoa(binary)
}
