import { expect, test } from 'vitest'
import { printGraph } from '../graph/print-graph'
import { graphOf } from '../testing/graphs'
import { everyOf, phasesOf, phaseTaken, placesOf, weave } from './phases'

test('phases come row by row', () => {
  expect(placesOf([2, 3])).toEqual([
    [0, 0],
    [0, 1],
    [0, 2],
    [1, 0],
    [1, 1],
    [1, 2],
  ])
})

test('a phase is every so manyth pixel from its place on', () => {
  const graph = graphOf({ x: [2, 5, 4, 3] }, (build, { x }) =>
    Object.fromEntries(phasesOf(build, x!, [2, 2], [2, 2]).map((phase, i) => [i, phase])),
  )
  expect(printGraph(graph).split('\n')[2]).toBe('%3:[2,2,2,3] = Slice(x, {1 0}, {4 3}, {1 2}, {2 2})')
  expect(graph.nodes.map(phaseTaken)).toEqual(placesOf([2, 2]).map((place) => ({ place, every: [2, 2] })))
})

test('other slices take no phase', () => {
  const slice = (bounds: number[][]) =>
    graphOf({ x: [2, 4, 4, 3] }, (build, { x }) => ({
      y: build.emit('Slice', [x!, ...bounds.map((v) => build.ints(v))], [2, 1, 1, 3]),
    })).nodes.map(phaseTaken)
  expect(
    slice([
      [0, 0],
      [4, 4],
      [1, 2],
      [4, 4],
    ]),
  ).toEqual([{ place: [0, 0], every: [4, 4] }])
  expect(
    slice([
      [0, 3],
      [1, 4],
      [1, 2],
      [2, 2],
    ]),
  ).toEqual([undefined])
  expect(
    slice([
      [0, 0],
      [1, 1],
      [2, 1],
      [2, 2],
    ]),
  ).toEqual([undefined])
  expect(
    slice([
      [0, 0],
      [1, 1],
      [1, 2],
    ]),
  ).toEqual([undefined])
})

test('a weave knows its phases', () => {
  const { nodes } = graphOf({ a: [1, 1, 1, 1], b: [1, 1, 1, 1] }, (build, { a, b }) => ({
    y: weave(build, [a!, b!], [1, 2], [1, 1, 2, 1]),
  }))
  expect(nodes.map(everyOf)).toEqual([[1, 2]])
})
