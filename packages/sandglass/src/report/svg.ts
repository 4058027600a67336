import type { Theme } from './theme'

export interface Figure {
  readonly width: number
  readonly height: number
  /** What it shows, for those who cannot see it. */
  readonly title: string
  /** SVG elements in the given colours. */
  draw(theme: Theme): string
}

/** Families that look alike; the first is the one of the pictures. */
export const FONT = "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

/** A figure as a whole SVG document. */
export function svgOf(figure: Figure, theme: Theme, { paper = false } = {}): string {
  const { width, height, title } = figure
  const ground = paper ? `<rect width="${width}" height="${height}" fill="${theme.paper}"/>` : ''
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    `role="img" aria-label="${escapeXml(title)}" font-family="${FONT}" font-size="12">${ground}${figure.draw(theme)}</svg>`
  )
}

export interface TextOptions {
  readonly fill: string
  readonly size?: number
  readonly weight?: number
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly rotate?: number
  /** Colour drawn around the letters, to lift them off what is below. */
  readonly halo?: string
}

/** Text with its baseline at (x, y). */
export function text(x: number, y: number, content: string, options: TextOptions): string {
  const { fill, size = 12, weight = 400, anchor = 'start', rotate, halo } = options
  const turn = rotate === undefined ? '' : ` transform="rotate(${rotate} ${round(x)} ${round(y)})"`
  const position = `x="${round(x)}" y="${round(y)}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}"${turn}`
  const lifted = halo
    ? `<text ${position} fill="${halo}" stroke="${halo}" stroke-width="4" stroke-linejoin="round">${escapeXml(content)}</text>`
    : ''
  return `${lifted}<text ${position} fill="${fill}">${escapeXml(content)}</text>`
}

export function line(x1: number, y1: number, x2: number, y2: number, stroke: string, extra = ''): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${stroke}" ${extra}/>`
}

/** Coordinates to a tenth of a pixel. */
export function round(value: number): number {
  return Math.round(value * 10) / 10
}

export function escapeXml(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** A figure moved to (x, y) within another. */
export function placed(figure: Figure, x: number, y: number, theme: Theme): string {
  return `<g transform="translate(${round(x)} ${round(y)})">${figure.draw(theme)}</g>`
}
