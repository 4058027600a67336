import { expect, test } from 'vitest'
import { compileGraph } from '../../session/compile-graph'
import { graphOf } from '../../testing/graphs'
import { expectAgreement, runtime, sample } from '../../testing/parity'
import { adjointWindows, columns, columnsFit, taps, type Windows, windowsAreImage } from './columns'

const plain: Windows = { count: [5, 4], size: [3, 3], strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] }
const cases: [string, Windows][] = [
  ['with zeros around', plain],
  ['with strides', { ...plain, count: [2, 2], strides: [2, 1], pads: [0, 0, 0, 0] }],
  ['with dilations', { ...plain, count: [3, 2], size: [2, 3], dilations: [2, 1], pads: [0, 0, 0, 0] }],
  ['with more zeros on one side', { ...plain, count: [6, 4], size: [2, 2], pads: [2, 0, 0, 1] }],
  ['in reverse', { ...plain, reversed: true }],
  ['of one pixel', { ...plain, size: [1, 1], pads: [0, 0, 0, 0] }],
  ['of the whole image', { ...plain, count: [1, 1], size: [5, 4], pads: [0, 0, 0, 0] }],
]

/** The windows of an image, pixel by pixel. */
function naive(data: ArrayLike<number>, shape: readonly number[], windows: Windows): Float32Array {
  const [batch, height, width, channels] = shape as [number, number, number, number]
  const { count, size, strides, dilations, pads, reversed } = windows
  const out: number[] = []
  for (let n = 0; n < batch; n++)
    for (let row = 0; row < count[0]; row++)
      for (let column = 0; column < count[1]; column++)
        for (let tap = 0; tap < size[0] * size[1]; tap++) {
          const at = reversed ? size[0] * size[1] - 1 - tap : tap
          const y = row * strides[0] + Math.floor(at / size[1]) * dilations[0] - pads[0]
          const x = column * strides[1] + (at % size[1]) * dilations[1] - pads[1]
          const inside = y >= 0 && y < height && x >= 0 && x < width
          for (let c = 0; c < channels; c++)
            out.push(inside ? data[((n * height + y) * width + x) * channels + c]! : 0)
        }
  return Float32Array.from(out)
}

test.each(cases)('windows %s, as rows and as columns', async (_, windows) => {
  const shape = [2, 5, 4, 3]
  const graph = graphOf({ x: shape }, (build, { x }) => {
    const columnwise = taps(build, x!, windows)
    return {
      rows: columns(build, x!, windows),
      turned: build.emit('Transpose', [columnwise], columnwise.shape.toReversed(), { perm: [1, 0] }),
    }
  })
  const compiled = await compileGraph(runtime, {}, graph, { input: () => false, output: () => false })
  const { data } = sample('x', shape)
  compiled.inputs.x!.data.set(data)
  const results = await compiled.run({}, {})
  const expected = { shape: graph.outputs[0]!.value.shape, data: naive(data, shape, windows) }
  const got = (name: string) => ({ shape: expected.shape, data: results[name]!.data as Float32Array })
  expectAgreement({ rows: got('rows'), turned: got('turned') }, { rows: expected, turned: expected }, 0)
  await compiled.release()
})

test('windows of one pixel, or one window, are the image as it lies', () => {
  const names = cases.filter(([, windows]) => windowsAreImage([2, 5, 4, 3], windows)).map(([name]) => name)
  expect(names).toEqual(['of one pixel', 'of the whole image'])
})

test('the adjoint of windows without strides reads windows in reverse; its own adjoint is where it came from', () => {
  const windows: Windows = { ...plain, count: [3, 3], size: [3, 2], dilations: [2, 1], pads: [2, 0, 1, 0] }
  const adjoint = adjointWindows(windows, [4, 4])!
  expect(adjoint).toMatchObject({ count: [4, 4], pads: [2, 1, 3, 1], reversed: true })
  expect(adjointWindows(adjoint, [3, 3])).toEqual({ ...windows, reversed: false })
})

test('there is no adjoint with strides, or with more zeros than a window reaches', () => {
  expect(adjointWindows({ ...plain, strides: [1, 2] }, [5, 4])).toBeUndefined()
  expect(adjointWindows({ ...plain, pads: [3, 1, 1, 1] }, [5, 4])).toBeUndefined()
})

test('columns of 2²⁵ elements fit and larger ones do not', () => {
  const windows: Windows = { ...plain, count: [64, 64], size: [2, 2] }
  expect(columnsFit([128, 64, 64, 16], windows)).toBe(true)
  expect(columnsFit([128, 64, 64, 17], windows)).toBe(false)
})
