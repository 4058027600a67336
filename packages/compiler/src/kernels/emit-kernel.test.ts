import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Builder } from '../graph/builder'
import type { Graph, Value } from '../graph/graph'
import { encodeOnnx } from '../onnx/encode'
import { graphOf } from '../testing/graphs'
import { runKernel } from '../testing/kernels'
import { runtime } from '../testing/parity'
import { emitKernel } from './emit-kernel'
import { kernelOperators } from './operators'

type Arrays = Record<string, Float32Array>

/** The same by ONNX Runtime. */
async function runGraph(graph: Graph, data: Arrays): Promise<Arrays> {
  const session = await runtime.InferenceSession.create(encodeOnnx(graph), { logSeverityLevel: 3 })
  const feeds = graph.inputs.map(({ name, value }) => [
    name,
    new runtime.Tensor('float32', data[name]!, value.shape),
  ])
  const results = await session.run(Object.fromEntries(feeds))
  await session.release()
  return Object.fromEntries(
    graph.outputs.map(({ name }) => [
      name,
      Float32Array.from(results[name]!.data as ArrayLike<number>, Number),
    ]),
  )
}

async function expectSame(graph: Graph, data: Arrays): Promise<void> {
  const [got, expected] = [await runKernel(graph, data), await runGraph(graph, data)]
  for (const [name, values] of Object.entries(expected)) {
    const scale = Math.max(1, ...values.map(Math.abs))
    for (const [i, value] of values.entries())
      expect(
        Math.abs(got[name]![i]! - value) / scale,
        `${name}[${i}]: ${got[name]![i]} for ${value}`,
      ).toBeLessThan(2e-6)
  }
}

const wave = (length: number, phase = 0) =>
  Float32Array.from({ length }, (_, i) => 2 * Math.sin(1.7 * i + phase))

const TRUTH = new Set(['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'And', 'Or', 'Not'])
const POSITIVE = new Set(['Log', 'Sqrt', 'Pow'])

/** An operator between floats, with what it needs around it. */
function apply(op: string, b: Builder, x: Value, y: Value): Value {
  const { shape } = x
  const safe = POSITIVE.has(op) ? b.emit('Add', [b.emit('Abs', [x], shape), b.scalar(0.5)], shape) : x
  const truth = (value: Value) => b.emit('Greater', [value, b.scalar(0.1)], value.shape, {}, 'bool')
  const asFloat = (value: Value) => b.emit('Cast', [value], shape, { to: 'float32' }, 'float32')
  if (op === 'Cast') return asFloat(truth(x))
  if (op === 'Where') return b.emit('Where', [truth(x), y, x], shape, {}, 'float32')
  if (op === 'Pow') return b.emit('Pow', [safe, b.scalar(2)], shape)
  if (op === 'Not') return asFloat(b.emit('Not', [truth(x)], shape, {}, 'bool'))
  if (op === 'And' || op === 'Or') return asFloat(b.emit(op, [truth(x), truth(y)], shape, {}, 'bool'))
  if (TRUTH.has(op)) return asFloat(b.emit(op, [x, y], shape, {}, 'bool'))
  if (op === 'Div')
    return b.emit(op, [x, b.emit('Add', [b.emit('Abs', [y], shape), b.scalar(1)], shape)], shape)
  if (op === 'Reciprocal')
    return b.emit(op, [b.emit('Add', [b.emit('Abs', [x], shape), b.scalar(1)], shape)], shape)
  const binary = ['Add', 'Sub', 'Mul', 'Max', 'Min'].includes(op)
  return b.emit(op, binary ? [x, y] : [safe], shape)
}

const operators = Object.keys(kernelOperators)

describe('gives what ONNX Runtime gives', () => {
  test.each(operators)('%s', async (op) => {
    const graph = graphOf({ x: [3, 7], y: [3, 7] }, (b, { x, y }) => ({ z: apply(op, b, x!, y!) }))
    await expectSame(graph, { x: wave(21), y: wave(21, 1) })
  })

  test.each([
    ['ReduceSum', [0, 1], []],
    ['ReduceMean', [0, 1], []],
    ['ReduceSum', [0], [30]],
    ['ReduceMean', [0], [30]],
  ])('%s over the axes %j', async (op, axes, shape) => {
    const graph = graphOf({ x: [9, 30] }, (b, { x }) => ({
      y: b.emit(op, [x!, b.ints(axes)], shape, { keepdims: 0 }),
    }))
    await expectSame(graph, { x: wave(270) })
  })

  test.each([4, 12, 64])('products along rows of %i, beside sums of the same', async (row) => {
    const graph = graphOf({ x: [9, row], y: [9, row] }, (b, { x, y }) => {
      const shifted = b.emit('Add', [b.emit('Mul', [x!, b.scalar(0.1)], [9, row]), b.scalar(1)], [9, row])
      const product = (of: Value) => b.emit('ReduceProd', [of, b.ints([1])], [9], { keepdims: 0 })
      return {
        product: product(shifted),
        other: product(b.emit('Max', [x!, y!], [9, row])),
        sum: b.emit('ReduceSum', [b.emit('Mul', [shifted, y!], [9, row]), b.ints([0, 1])], [], {
          keepdims: 0,
        }),
        each: b.emit('Neg', [shifted], [9, row]),
      }
    })
    const size = 9 * row
    await expectSame(graph, { x: wave(size), y: wave(size, 1) })
  })

  test('maxima and minima that are NaN wherever an argument is', async () => {
    const graph = graphOf({ x: [4], y: [4] }, (b, { x, y }) =>
      Object.fromEntries(
        ['Max', 'Min'].flatMap((op) => [
          [`${op} of two`, b.emit(op, [x!, y!], [4])],
          [`${op} with a number`, b.emit(op, [b.scalar(0.5), x!], [4])],
        ]),
      ),
    )
    const got = await runKernel(graph, {
      x: Float32Array.of(Number.NaN, 1, -2, Number.NaN),
      y: Float32Array.of(1, Number.NaN, 3, Number.NaN),
    })
    expect(Object.fromEntries(Object.entries(got).map(([name, values]) => [name, [...values]]))).toEqual({
      'Max of two': [Number.NaN, Number.NaN, 3, Number.NaN],
      'Max with a number': [Number.NaN, 1, 0.5, Number.NaN],
      'Min of two': [Number.NaN, Number.NaN, -2, Number.NaN],
      'Min with a number': [Number.NaN, 0.5, -2, Number.NaN],
    })
  })

  test('any composition of operators and sums', async () => {
    const step = fc.tuple(
      fc.constantFrom(...operators, 'sum', 'mean', 'columns', 'products'),
      fc.nat(20),
      fc.nat(20),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 9 }),
        async (steps, width) => {
          const size = 3 * width
          const graph = graphOf({ x: [3, width], y: [3, width] }, (b, { x, y }) => {
            const full = [x!, y!]
            const scalars = [b.scalar(0.7)]
            for (const [op, i, j] of steps) {
              const [a, other] = [full[i % full.length]!, full[j % full.length]!]
              if (op === 'sum' || op === 'mean')
                scalars.push(
                  b.emit(
                    'Tanh',
                    [
                      b.emit(op === 'sum' ? 'ReduceSum' : 'ReduceMean', [a, b.ints([0, 1])], [], {
                        keepdims: 0,
                      }),
                    ],
                    [],
                  ),
                )
              else if (op === 'columns') {
                const sums = b.emit('ReduceSum', [a, b.ints([0])], [width], { keepdims: 0 })
                scalars.push(
                  b.emit('ReduceMean', [b.emit('Tanh', [sums], [width]), b.ints([0])], [], { keepdims: 0 }),
                )
              } else if (op === 'products' && width % 4 === 0) {
                const row = i % 2 ? 4 : width
                const rows = b.emit('Reshape', [a, b.ints([size / row, row])], [size / row, row])
                const made = b.emit('ReduceProd', [rows, b.ints([1])], [size / row], { keepdims: 0 })
                scalars.push(
                  b.emit('ReduceSum', [b.emit('Tanh', [made], made.shape), b.ints([0])], [], { keepdims: 0 }),
                )
              } else if (op !== 'products')
                full.push(
                  b.emit(
                    'Tanh',
                    [b.emit('Mul', [apply(op, b, a, other), scalars[j % scalars.length]!], [3, width])],
                    [3, width],
                  ),
                )
            }
            const last = scalars.at(-1)!
            return {
              full: full.at(-1)!,
              scalar: last.constant ? b.emit('Identity', [last], []) : b.emit('Neg', [last], []),
            }
          })
          if (graph.inputs.some(({ value }) => value === graph.outputs[0]!.value)) return
          await expectSame(graph, { x: wave(size), y: wave(size, 1) })
        },
      ),
      { numRuns: 60 },
    )
  })
})

test('keeps in registers what nobody else reads', () => {
  const graph = graphOf({ x: [100] }, (b, { x }) => {
    const y = b.emit('Exp', [x!], [100])
    const z = b.emit('Mul', [y, y], [100])
    return { z: b.emit('Neg', [z], [100]) }
  })
  const { operands } = emitKernel(graph.nodes, {
    root: (v) => v,
    stored: (v) => v === graph.outputs[0]!.value,
  })
  expect(operands).toHaveLength(2)
})

test('sums a million floats without losing digits', async () => {
  const size = 1_000_003
  const graph: Graph = graphOf({ x: [size] }, (b, { x }) => ({
    y: b.emit('ReduceMean', [x!, b.ints([0])], [], { keepdims: 0 }),
  }))
  const { y } = await runKernel(graph, { x: new Float32Array(size).fill(0.1) })
  expect(y![0]).toBe(Math.fround(0.1))
})

describe('results in place of what they replace', () => {
  const LENGTH = 37
  const data = { w: wave(LENGTH), m: wave(LENGTH, 1), g: wave(LENGTH, 2), s: wave(1) }
  const add = (b: Builder, x: Value, y: Value) => b.emit('Add', [x, y], x.shape)
  const shapes = { w: [LENGTH], m: [LENGTH], g: [LENGTH] }

  async function inPlace(graph: Graph): Promise<readonly string[]> {
    let names: readonly string[] = []
    const got = await runKernel(graph, data, (found) => {
      names = found
    })
    for (const [name, values] of Object.entries(await runGraph(graph, data)))
      for (const [i, value] of values.entries()) expect(got[name]![i]).toBeCloseTo(value, 5)
    return names
  }

  test('are right where all reads come with the write, in whatever order the nodes are', async () => {
    const graph = graphOf(shapes, (b, { w, m, g }) => {
      const momentum = add(b, m!, g!)
      return { 'next/m': momentum, 'next/w': add(b, w!, momentum), old: add(b, m!, w!) }
    })
    expect(await inPlace(graph)).toEqual(['next/m', 'next/w'])
  })

  test('are zero where they are so close to it that a processor would take long; nothing else is', async () => {
    const small = [1e-33, -1e-33, 9e-35, -9e-35, 1e-44, -1e-38, 0, Number.NaN, Number.POSITIVE_INFINITY]
    const size = small.length
    const graph = graphOf({ w: [size], g: [size] }, (b, { w, g }) => {
      const next = add(b, w!, g!)
      return { 'next/w': next, twice: add(b, next, next), other: add(b, g!, g!) }
    })
    const given = { w: new Float32Array(size), g: Float32Array.from(small) }
    const { 'next/w': next, twice, other } = await runKernel(graph, given)
    const kept = [1e-33, -1e-33, 0, 0, 0, 0, 0, Number.NaN, Number.POSITIVE_INFINITY]
    expect([...next!].map((value) => value + 0)).toEqual(kept.map((value) => Math.fround(value)))
    expect([...twice!].map((value) => value + 0)).toEqual(kept.map((value) => 2 * Math.fround(value)))
    expect([...other!]).toEqual(small.map((value) => 2 * Math.fround(value)))
  })

  test('are not where a later pass still reads the old', async () => {
    const graph = graphOf({ ...shapes, s: [1] }, (b, { w, g, s }) => {
      const total = b.emit('ReduceSum', [add(b, w!, g!), b.ints([0])], [1], { keepdims: 1 })
      return {
        'next/w': add(b, w!, g!),
        'next/s': add(b, s!, total),
        scaled: b.emit('Mul', [w!, total], [LENGTH]),
      }
    })
    expect(await inPlace(graph)).toEqual(['next/s'])
  })

  test('are not where the old has another size, or is not read', async () => {
    const graph = graphOf({ ...shapes, s: [1] }, (b, { w, m, g, s }) => ({
      'next/s': add(b, w!, s!),
      'next/m': add(b, w!, g!),
      unused: add(b, m!, b.scalar(0)),
    }))
    expect(
      await inPlace({ ...graph, nodes: graph.nodes.slice(0, 2), outputs: graph.outputs.slice(0, 2) }),
    ).toEqual([])
  })
})

test('more arrays and nodes than a function may have parameters and locals', async () => {
  const count = 2600
  const names = Array.from({ length: count }, (_, i) => `x${i}`)
  const graph = graphOf(Object.fromEntries(names.map((name) => [name, [5]])), (b, inputs) =>
    Object.fromEntries(
      names.map((name, i) => {
        const product = b.emit('Mul', [inputs[name]!, inputs[names[(i + 1) % count]!]!], [5])
        return [`next/${name}`, b.emit('Add', [b.emit('Abs', [product], [5]), b.scalar(i)], [5])]
      }),
    ),
  )
  const data = Object.fromEntries(names.map((name, i) => [name, wave(5, i)]))
  const got = await runKernel(graph, data)
  for (const [i, name] of names.entries()) {
    const [x, y] = [data[name]!, data[names[(i + 1) % count]!]!]
    for (const [at, value] of got[`next/${name}`]!.entries())
      expect(value).toBeCloseTo(Math.abs(x[at]! * y[at]!) + i, 3)
  }
})
