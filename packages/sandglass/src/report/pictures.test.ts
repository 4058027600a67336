import type { Filter } from '@sandglass/core'
import { describe, expect, test } from 'vitest'
import { pngOf } from '../node/png'
import { quantile } from '../run/exhibits/activity'
import { bandCurves } from './band-curves'
import { diverging, filterGrid, scaleOf } from './filter-grid'
import { lineRows, runsOf } from './line-rows'
import { svgOf } from './svg'
import { tableFigure } from './table-figure'
import { pageTheme, pictureTheme } from './theme'

const count = (text: string, pattern: RegExp) => (text.match(pattern) ?? []).length

describe('filters', () => {
  const filter = (unit: number, values: number[], channels = 1): Filter => ({
    unit,
    width: 2,
    height: values.length / channels / 2,
    channels,
    values,
  })

  test('colours diverge from a clear zero', () => {
    const [down, half, zero, up, beyond, missing] = [-2, -1, 0, 2, 5, Number.NaN].map((value) => [
      ...diverging([value], 2),
    ])
    expect([down![3], half![3], zero![3], up![3]]).toEqual([255, 128, 0, 255])
    expect(beyond).toEqual(up)
    expect(missing![3]).toBe(0)
    expect(down!.slice(0, 3)).toEqual(half!.slice(0, 3))
    expect(down!.slice(0, 3)).not.toEqual(up!.slice(0, 3))
  })

  test('one scale for all, which single spikes do not decide', () => {
    expect(scaleOf([...Array.from({ length: 199 }, () => -0.5), 100])).toBe(0.5)
    expect(scaleOf([0, 0])).toBe(1)
    expect(scaleOf([3])).toBe(3)
  })

  test('a picture for each unit, with its name, and a legend', () => {
    const drawn = svgOf(
      filterGrid({ title: 't', filters: [filter(7, [1, -1, 0, 0.5]), filter(2, [0, 0, 0, 0])] }),
      pageTheme,
    )
    expect(count(drawn, /<image/g)).toBe(3)
    expect([...drawn.matchAll(/<title>(.*?)<\/title>/g)].map(([, name]) => name)).toEqual([
      'unit 7',
      'unit 2',
    ])
    expect(drawn).toContain('−1.0000')
    expect(drawn).toContain('+1.0000')
    expect(drawn).not.toMatch(/(fill|stroke)="#/)
  })

  test('sixty-four fit on a page; pictures keep their proportions', () => {
    const many = Array.from({ length: 64 }, (_, i) => filter(i, [0.1, i, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]))
    const { width, height } = filterGrid({ title: 't', filters: many })
    expect([width, Math.round(height)]).toEqual([860, Math.round(44 + 4 * ((2 * (860 - 90)) / 16 + 6))])
  })

  test('the scale of colours is grey, others diverge', () => {
    const scaleOf = (channels: number) => {
      const values = Array.from({ length: 4 * channels }, (_, i) => i - 2)
      return svgOf(filterGrid({ title: 't', filters: [filter(0, values, channels)] }), pageTheme).match(
        /<image[^>]*>/,
      )![0]
    }
    expect(scaleOf(2)).toBe(scaleOf(1))
    expect(scaleOf(3)).not.toBe(scaleOf(1))
  })

  test.each([2, 3])('kernels of %i channels', (channels) => {
    const values = Array.from({ length: 4 * channels }, (_, i) => (i % channels) - 0.5)
    expect(
      svgOf(filterGrid({ title: 't', filters: [filter(0, values, channels)] }), pictureTheme),
    ).not.toMatch(/NaN|Infinity/)
  })
})

describe('sequences as rows', () => {
  const row = {
    name: 'sample 4',
    input: [
      [0, 1, 2, 0],
      [5, 5, 5, 5],
    ],
    output: [
      [0, 1, 1, 9],
      [4, 4, 4, 9],
    ],
    counted: [true, true, false, false],
  }

  test('a line for every feature of input and output, grey where steps are masked', () => {
    const drawn = svgOf(
      lineRows({ title: 't', rows: [row, { ...row, counted: [true, true, true, true] }] }),
      pageTheme,
    )
    expect(count(drawn, /<path/g)).toBe(8)
    expect(count(drawn, /<rect/g)).toBe(1)
    for (const word of ['sample 4', 'input', 'reconstruction', 'feature 1', '>3<'])
      expect(drawn).toContain(word)
    expect(drawn).not.toMatch(/(fill|stroke)="#|NaN|Infinity/)
  })

  test('masked steps do not decide the scale', () => {
    const drawn = svgOf(lineRows({ title: 't', rows: [row] }), pageTheme)
    expect(drawn).toContain('>5<')
    expect(drawn).not.toContain('>9<')
  })

  test('with what the model was given, and breaks where a value is missing', () => {
    const damaged = [[0, Number.NaN, 2, 0]]
    const drawn = svgOf(lineRows({ title: 't', rows: [{ ...row, damaged }] }), pageTheme)
    expect(drawn).toContain('corrupted')
    expect(drawn).toContain('denoised')
    const dotted = /d="([^"]*)"[^>]*stroke-dasharray/.exec(drawn)![1]!
    expect(count(dotted, /M/g)).toBe(2)
    expect(drawn).not.toMatch(/NaN/)
  })

  test('stretches', () => {
    expect(runsOf([false, true, true, false, true], true)).toEqual([
      [1, 2],
      [4, 4],
    ])
    expect(runsOf([true], false)).toEqual([])
  })
})

describe('curves', () => {
  const activity = {
    title: 'Mean activation by epoch',
    xLabel: 'epoch',
    yLabel: 'mean activation',
    x: [1, 2, 3],
    series: [
      {
        name: 'mean',
        values: [0.3, 0.2, 0.1],
        band: { name: 'middle 80 %', low: [0.2, 0.1, 0.1], high: [0.4, 0.3, 0.1] },
      },
    ],
    mark: { value: 0.1, name: 'target' },
    note: 'dead units: 1 of 2',
  }

  test('line, band, mark and note', () => {
    const drawn = svgOf(bandCurves(activity), pageTheme)
    for (const words of ['mean 0.1000', 'target 0.1000', 'dead units: 1 of 2', 'middle 80 %'])
      expect(drawn).toContain(words)
    const [band, mean] = [...drawn.matchAll(/<path d="([^"]*)"/g)].map(([, d]) => d!)
    expect(count(band!, /L/g)).toBe(5)
    expect(count(mean!, /L/g)).toBe(2)
    expect(drawn).not.toMatch(/NaN|Infinity/)
  })

  test('several lines have colours of their own; what is not finite leaves a gap', () => {
    const series = [
      { name: 'critic', values: [1, Number.NaN, 3] },
      { name: 'generator', values: [3, 2, 1] },
    ]
    const drawn = svgOf(bandCurves({ ...activity, series, mark: undefined }), pictureTheme)
    expect(drawn).not.toMatch(/NaN/)
    expect(
      new Set([...drawn.matchAll(/<path d="[^"]*" fill="none" stroke="([^"]*)"/g)].map(([, c]) => c)).size,
    ).toBe(2)
  })

  test('quantiles', () => {
    expect([0, 0.25, 0.5, 1].map((share) => quantile([1, 2, 3, 4, 5], share))).toEqual([1, 2, 3, 5])
    expect(quantile([1, 2], 0.9)).toBeCloseTo(1.9, 12)
    expect(quantile([7], 0.1)).toBe(7)
  })

  test('are a picture too', async () => {
    expect((await pngOf(bandCurves(activity))).length).toBeGreaterThan(5000)
  })
})

test('a table: words to the left, numbers to the right', () => {
  const table = tableFigure({
    title: 't',
    columns: ['column', 'error'],
    rows: [
      ['a <b>', 0.5],
      ['c', 0.25],
    ],
  })
  const drawn = svgOf(table, pageTheme)
  expect(drawn).toContain('>a &lt;b&gt;<')
  expect(drawn).toMatch(/text-anchor="end"[^>]*>0\.5000</)
  expect(drawn).toMatch(/text-anchor="start"[^>]*>c</)
})
