import { summary } from '@sandglass/core'
import fc from 'fast-check'
import { decode } from 'fast-png'
import { describe, expect, test } from 'vitest'
import { defaultRegistry } from '../node/index'
import { pngOf } from '../node/png'
import { sparseKl } from '../presets/index'
import { columnsOf, curves, curvesSheet, showValue } from './curves'
import { draw } from './draw'
import { countBins, histogram } from './histogram'
import { pictureGrid, pictureShape } from './picture-grid'
import { pictureName, type ReportContent, renderReport } from './report'
import { scatter, spread } from './scatter'
import { escapeXml, svgOf } from './svg'
import { pageTheme, pictureTheme } from './theme'

const history = [
  { epoch: 1, loss: 0.5, val_loss: 0.45, roundedAccuracy: 0.8, val_roundedAccuracy: 0.82, learningRate: 1 },
  { epoch: 2, loss: 0.4, val_loss: 0.41, roundedAccuracy: 0.85, val_roundedAccuracy: 0.84, learningRate: 1 },
  { epoch: 3, loss: 0.35, val_loss: 0.39, roundedAccuracy: 0.9, val_roundedAccuracy: 0.88, learningRate: 1 },
]
const registry = defaultRegistry()
const model = registry.build('model', sparseKl.model, { registry, fields: { input: [28, 28] } })
const activity = {
  type: 'histogram',
  title: 'Mean activation',
  values: [0.08, 0.1, 0.11, 0.2],
  xLabel: 'mean activation',
  yLabel: 'units',
  mark: { value: 0.1, name: 'target' },
} as const
const content: ReportContent = {
  title: 'a <run> & more',
  provenance: 'made up',
  notes: ['This is a test.'],
  figures: [['val_loss', '0.3900']],
  history,
  exhibits: [{ name: 'mean activation', caption: 'How active.', data: activity }],
  settings: [['seed', '42']],
  summary: summary(model),
  spec: sparseKl.model,
  command: "sandglass train spec.json --optimizer '{}'",
}

describe('the page', () => {
  const page = renderReport(content)

  test('has its parts in order', () => {
    const headings = [...page.matchAll(/<h[12]>(.*?)<\/h[12]>/g)].map(([, heading]) => heading)
    expect(headings).toEqual(['a &lt;run&gt; &amp; more', 'Training', 'Mean activation', 'Model', 'Settings'])
    expect([...page.matchAll(/aria-label="([^"]*)"/g)].map(([, label]) => label)).toEqual([
      'loss by epoch',
      'roundedAccuracy by epoch',
      'Mean activation',
    ])
    expect(page).toContain('<p class="note">This is a test.</p>')
    expect(page).toContain('218,084')
  })

  test('needs nothing from outside: no scripts, no addresses', () => {
    expect(page).not.toMatch(/<script|<link|@import|url\(/)
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/)
  })

  test('follows the mode of the reader', () => {
    expect(page).toContain('prefers-color-scheme:dark')
    expect(page).not.toMatch(/(fill|stroke)="#/)
  })

  test('a run without a finished epoch has one too', () => {
    expect(renderReport({ ...content, history: [] })).toContain('No epoch was finished.')
  })
})

test('every colour of the page is defined in both modes', () => {
  const page = renderReport(content)
  for (const [, name] of page.matchAll(/var\((--(?!width)[a-z0-9-]+)\)/g))
    expect(page.split(`${name}:`).length - 1, name).toBe(2)
})

describe('curves', () => {
  test('one chart for each quantity, with training and validation', () => {
    expect(curves(history).map(({ title }) => title)).toEqual(['loss by epoch', 'roundedAccuracy by epoch'])
    const drawn = svgOf(curves(history)[0]!, pictureTheme)
    expect(drawn).toContain('training 0.3500')
    expect(drawn).toContain('validation 0.3900')
    expect(drawn.match(/<path/g)).toHaveLength(2)
  })

  test('the learning rate is shown where it changes', () => {
    const changing = history.map((row, i) => ({ ...row, learningRate: 1 / (i + 1) }))
    expect(curves(changing).map(({ title }) => title)).toContain('learningRate by epoch')
  })

  test('a single epoch, missing and infinite values make no broken paths', () => {
    for (const rows of [
      history.slice(0, 1),
      [
        { epoch: 1, loss: null },
        { epoch: 2, loss: Number.POSITIVE_INFINITY },
      ],
    ])
      expect(svgOf(curvesSheet(rows), pictureTheme)).not.toMatch(/NaN|Infinity/)
  })

  test('columns and values', () => {
    expect([1, 2, 3, 4, 5, 6].map(columnsOf)).toEqual([1, 2, 3, 2, 3, 3])
    expect([0.30541, 12345.6, 0.00001, Number.NaN].map(showValue)).toEqual([
      '0.3054',
      '12345.6',
      '1.00e-5',
      'NaN',
    ])
  })
})

test('a quantity that runs as one before it has no chart of its own', () => {
  const repeated = history.map((row) => ({
    ...row,
    reconstruction: row.loss,
    val_reconstruction: row.val_loss,
    // The same while training, another in validation.
    mse: row.loss,
    val_mse: 0.1,
  }))
  expect(curves(repeated).map(({ title }) => title)).toEqual([
    'loss by epoch',
    'roundedAccuracy by epoch',
    'mse by epoch',
  ])
})

test('a table is one in the page, with its numbers to the right', () => {
  const data = {
    type: 'table',
    title: 'Errors by column',
    columns: ['column', 'RMS error'],
    rows: [['<age>', 0.25]],
  } as const
  const page = renderReport({ ...content, exhibits: [{ name: 'errors', caption: 'How far.', data }] })
  expect(page).toContain('<td>&lt;age&gt;</td><td class="number">0.2500</td>')
  expect(page).toContain('<th class="number">RMS error</th>')
})

describe('histogram', () => {
  test('counts, the upper edge included', () => {
    expect(countBins([0, 0.1, 0.5, 0.99, 1], 0, 1, 2)).toEqual([2, 3])
    expect(countBins([-1, 2], 0, 1, 4)).toEqual([0, 0, 0, 0])
  })

  test('draws a bar for each filled bin, the mean and the mark', () => {
    const drawn = svgOf(draw(activity), pictureTheme)
    expect(drawn.match(/<rect/g)?.length).toBe(4)
    expect(drawn).toContain('mean 0.1225')
    expect(drawn).toContain('target 0.1000')
  })

  test('equal values do not break it', () => {
    const drawn = svgOf(histogram({ title: 't', values: [0, 0], xLabel: 'x', yLabel: 'y' }), pictureTheme)
    expect(drawn).not.toMatch(/NaN|Infinity/)
  })
})

describe('scatter', () => {
  const points = [0, 0, 1, 1, 2, 0, 3, 1]

  test('a path for each class, with a legend and names', () => {
    const drawn = svgOf(
      scatter({ title: 't', points, xLabel: 'a', yLabel: 'b', labels: [0, 1, 0, 1], names: ['cat', 'dog'] }),
      pageTheme,
    )
    expect(drawn.match(/stroke="var\(--class-0\)"/g)).toHaveLength(2)
    expect(drawn.match(/stroke-linecap="square"/g)).toHaveLength(2)
    expect(drawn.match(/>dog</g)).toHaveLength(3)
    expect(drawn.match(/h0/g)).toHaveLength(4 + 2)
  })

  test('without classes there is neither', () => {
    const drawn = svgOf(scatter({ title: 't', points, xLabel: 'a', yLabel: 'b' }), pictureTheme)
    expect(drawn.match(/<path/g)).toHaveLength(1)
  })

  test('names end apart, wherever twenty of them begin', () => {
    const place = fc.record({
      name: fc.stringMatching(/^[a-z]{1,12}$/),
      x: fc.double({ min: 64, max: 784, noNaN: true }),
      y: fc.double({ min: 10, max: 514, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(place, { maxLength: 20 }), (places) => {
        spread(places)
        for (const [i, a] of places.entries())
          for (const b of places.slice(i + 1))
            expect(
              Math.abs(a.x - b.x) >= 3.8 * (a.name.length + b.name.length) || Math.abs(a.y - b.y) > 16.5,
            ).toBe(true)
      }),
    )
  })

  test('names that lie on one another are moved apart', () => {
    const places = ['Sandal', 'Sneaker', 'Shirt'].map((name) => ({ name, x: 100, y: 50 }))
    spread(places)
    const heights = places.map(({ y }) => y).sort((a, b) => a - b)
    expect(heights[1]! - heights[0]!).toBeGreaterThan(16)
    expect(heights[2]! - heights[1]!).toBeGreaterThan(16)
  })
})

describe('pictures', () => {
  test('of which shapes', () => {
    expect(pictureShape([28, 28])).toEqual({ height: 28, width: 28, channels: 1 })
    expect(pictureShape([32, 40, 3])).toEqual({ height: 32, width: 40, channels: 3 })
    for (const shape of [[784], [], [28, 28, 2], [2, 3], [5, 5, 5, 5]])
      expect(pictureShape(shape)).toBeUndefined()
  })

  test('hold the pixels, cut off at black and white', () => {
    const picture = { values: [0, 0.5, 1, 2, -1, 0.2], width: 3, height: 2, channels: 1 as const }
    const figure = pictureGrid({
      title: 't',
      rows: [{ name: 'row', pictures: [picture] }],
      captions: ['caption'],
    })
    const [, base64] = /base64,([^"]+)"/.exec(svgOf(figure, pageTheme))!
    expect([...decode(Buffer.from(base64!, 'base64')).data]).toEqual([0, 128, 255, 255, 0, 51])
  })
})

test('a PNG is twice the size of its figure with heading and margins, on white, and has something on it', async () => {
  const image = decode(await pngOf(draw(activity)))
  expect([image.width, image.height]).toEqual([2 * (860 + 48), 2 * (300 + 48 + 40)])
  expect([...image.data.subarray(0, 3)]).toEqual([255, 255, 255])
  const blue = parseInt(pictureTheme.validation.slice(1), 16)
  let found = 0
  for (let i = 0; i < image.data.length; i += image.channels)
    if (((image.data[i]! << 16) | (image.data[i + 1]! << 8) | image.data[i + 2]!) === blue) found++
  expect(found).toBeGreaterThan(1000)
})

test('the letters of a PNG come with the package: text darkens paper', async () => {
  const words = { width: 200, height: 10, title: 'Words alone', draw: () => '' }
  const { data } = decode(await pngOf(words))
  expect(data.filter((value) => value < 100).length).toBeGreaterThan(200)
})

test('names of files and text in XML', () => {
  expect(pictureName({ name: 'mean activation of encoder/2' })).toBe('mean-activation-of-encoder-2.png')
  expect(escapeXml(`<a b="c" d='&'>`)).toBe('&lt;a b=&quot;c&quot; d=&#39;&amp;&#39;&gt;')
})
