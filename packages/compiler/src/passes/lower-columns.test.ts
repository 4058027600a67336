import { expect, test } from 'vitest'
import type { Builder } from '../graph/builder'
import type { Value } from '../graph/graph'
import { graphOf, textAfter } from '../testing/graphs'
import { columns, taps, type Windows } from '../trace/kernels/columns'
import { lowerColumns } from './lower-columns'
import { weave } from './phases'

const windows: Windows = {
  count: [1, 2],
  size: [2, 1],
  strides: [1, 1],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
}
const text = (of: Windows) =>
  textAfter(
    lowerColumns,
    graphOf({ x: [3, 2, 2, 5] }, (build, { x }) => ({ y: columns(build, x!, of) })),
  )

test('the pixels of all windows are gathered by where they lie in an image', () => {
  expect(text(windows)).toBe(
    '%1:[3,4,5] = Reshape(x, {3 4 5})\n%2:[3,2,2,5] = Gather(%1, {0 2 1 3}, axis=1)\n' +
      '%3:[6,10] = Reshape(%2, {6 10})\ny <- %3',
  )
  expect(text({ ...windows, reversed: true })).toContain('{2 0 3 1}')
})

test('zeros around are one more pixel', () => {
  const of = { ...windows, count: [2, 2], pads: [0, 0, 1, 0] } as const
  expect(text(of)).toContain('%2:[3,5,5] = Concat(%1, {0 × [3,1,5]}, axis=1)')
  const { nodes } = lowerColumns(
    graphOf({ x: [3, 2, 2, 5] }, (build, { x }) => ({ y: columns(build, x!, of) })),
  )
  const gather = nodes.find(({ op }) => op === 'Gather')!
  expect(Array.from(gather.inputs[1]!.constant as Int32Array)).toEqual([0, 2, 1, 3, 2, 4, 3, 4])
})

test('windows that are the image as it lies are only reshaped', () => {
  expect(text({ ...windows, count: [1, 1], size: [2, 2] })).toBe('%1:[3,20] = Reshape(x, {3 20})\ny <- %1')
})

test('windows may begin behind the corner', () => {
  const of = { ...windows, count: [1, 1], start: [0, 1] } as const
  expect(text(of)).toContain('Gather(%1, {1 3}, axis=1)')
  const graph = graphOf({ x: [3, 2, 2, 1] }, (build, { x }) => ({ y: taps(build, x!, of) }))
  expect(textAfter(lowerColumns, graph)).toContain('Slice(%1, {0 1}, {1 2}, {2 3}, {1 1})')
})

/** An image of 3 × 3 in phases of 2 × 2, but for its last column. */
const woven = (use: (build: Builder, image: Value) => Value) =>
  graphOf(
    { a: [3, 2, 1, 5], b: [3, 2, 1, 5], c: [3, 1, 1, 5], d: [3, 1, 1, 5] },
    (build, { a, b, c, d }) => ({
      y: use(build, weave(build, [a!, b!, c!, d!], [2, 2], [3, 3, 3, 5])),
    }),
  )

test('a woven image is gathered from its parts, and zeros where they end', () => {
  const { nodes } = lowerColumns(woven((_, image) => image))
  expect(nodes.map(({ op }) => op)).toEqual([...Array(4).fill('Reshape'), 'Concat', 'Gather', 'Reshape'])
  const gather = nodes.find(({ op }) => op === 'Gather')!
  expect(Array.from(gather.inputs[1]!.constant as Int32Array)).toEqual([0, 2, 6, 4, 5, 6, 1, 3, 6])
})

test('columns of a woven image are gathered from its parts at once', () => {
  const { nodes } = lowerColumns(
    woven((build, image) => columns(build, image, { ...windows, count: [2, 2] })),
  )
  const gathers = nodes.filter(({ op }) => op === 'Gather')
  expect(gathers).toHaveLength(1)
  expect(Array.from(gathers[0]!.inputs[1]!.constant as Int32Array)).toEqual([0, 4, 2, 5, 4, 1, 5, 3])
})

test('taps are slices of the padded image, channels first', () => {
  const graph = graphOf({ x: [3, 2, 2, 1] }, (build, { x }) => ({
    y: taps(build, x!, { ...windows, count: [2, 2], pads: [0, 0, 1, 0] }),
  }))
  expect(textAfter(lowerColumns, graph)).toBe(
    [
      '%1:[1,3,2,2] = Transpose(x, perm=[3,0,1,2])',
      '%2:[1,3,3,2] = Pad(%1, {8 values})',
      '%3:[1,3,2,2] = Slice(%2, {0 0}, {2 2}, {2 3}, {1 1})',
      '%4:[1,3,2,2] = Slice(%2, {1 0}, {3 2}, {2 3}, {1 1})',
      '%5:[2,3,2,2] = Concat(%3, %4, axis=0)',
      '%6:[2,12] = Reshape(%5, {2 12})',
      'y <- %6',
    ].join('\n'),
  )
})
