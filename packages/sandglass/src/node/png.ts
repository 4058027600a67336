import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { initWasm, Resvg } from '@resvg/resvg-wasm'
import { type Figure, placed, svgOf, text } from '../report/svg'
import { pictureTheme } from '../report/theme'

const require = createRequire(import.meta.url)
let loading: Promise<Uint8Array[]> | undefined

/** The renderer and its fonts, once a process. */
function load(): Promise<Uint8Array[]> {
  loading ??= (async () => {
    const wasm = readFile(require.resolve('@resvg/resvg-wasm/index_bg.wasm'))
    const fonts = [
      readFile(require.resolve('@fontsource/inter/files/inter-latin-400-normal.woff2')),
      readFile(require.resolve('@fontsource/inter/files/inter-latin-600-normal.woff2')),
    ]
    await initWasm(await wasm)
    return Promise.all(fonts)
  })()
  return loading
}

/** A figure as a PNG file on white paper, twice its size, with the same fonts on every machine. */
export async function pngOf(figure: Figure): Promise<Uint8Array> {
  const fontBuffers = await load()
  const margin = 24
  const heading = 40
  const { width, height, title } = figure
  const framed: Figure = {
    width: width + 2 * margin,
    height: height + 2 * margin + heading,
    title,
    draw: (theme) =>
      text(margin, margin + 14, title, { fill: theme.ink, size: 18, weight: 600 }) +
      placed(figure, margin, margin + heading, theme),
  }
  const renderer = new Resvg(svgOf(framed, pictureTheme, { paper: true }), {
    fitTo: { mode: 'zoom', value: 2 },
    font: { fontBuffers, defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' },
  })
  try {
    const image = renderer.render()
    try {
      return image.asPng()
    } finally {
      image.free()
    }
  } finally {
    renderer.free()
  }
}
