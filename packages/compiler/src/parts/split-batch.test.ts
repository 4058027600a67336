import { describe, expect, test } from 'vitest'
import type { Builder } from '../graph/builder'
import type { Graph, GraphInput, Value } from '../graph/graph'
import { printGraph } from '../graph/print-graph'
import { encodeOnnx } from '../onnx/encode'
import type { ElementArray, RuntimeTensors } from '../session/runtime'
import { graphOf } from '../testing/graphs'
import { runtime, sample } from '../testing/parity'
import { type BatchSplit, splitBatch, sumName } from './split-batch'

const BATCH = 4
const isBatch = ({ name }: GraphInput) => !name.startsWith('weight')
const splitOf = (graph: Graph, parts = 2) => splitBatch(graph, BATCH, parts, isBatch)

async function run(graph: Graph, feeds: RuntimeTensors): Promise<RuntimeTensors> {
  const session = await runtime.InferenceSession.create(encodeOnnx(graph), { logSeverityLevel: 3 })
  const results = await session.run(Object.fromEntries(graph.inputs.map(({ name }) => [name, feeds[name]!])))
  await session.release()
  return results
}

function feedsOf({ inputs }: Graph): Record<string, RuntimeTensors[string]> {
  return Object.fromEntries(
    inputs.map(({ name, value: { shape } }) => [
      name,
      new runtime.Tensor('float32', sample(name, shape).data as Float32Array, shape),
    ]),
  )
}

/** Every part, then the rest. */
async function runSplit({ parts, shared, part, rest }: BatchSplit, whole: RuntimeTensors) {
  const feeds: Record<string, RuntimeTensors[string]> = { ...whole }
  for (let i = 0; i < parts; i++) {
    const own = Object.fromEntries(
      part.inputs.map(({ name, value }) => {
        const data = whole[name]!.data as ElementArray
        const size = data.length / parts
        const rows = () => new runtime.Tensor('float32', data.slice(i * size, (i + 1) * size), value.shape)
        return [name, shared.has(name) ? rows() : whole[name]!]
      }),
    )
    for (const [name, tensor] of Object.entries(await run(part, own))) feeds[sumName(i, name)] = tensor
  }
  return run(rest, feeds)
}

async function expectSame(graph: Graph, split: BatchSplit): Promise<void> {
  const feeds = feedsOf(graph)
  const [whole, parts] = [await run(graph, feeds), await runSplit(split, feeds)]
  for (const { name, value } of graph.outputs) {
    expect(parts[name]!.dims.map(Number), name).toEqual([...value.shape])
    const expected = whole[name]!.data as Float32Array
    const scale = Math.max(1, ...expected.map(Math.abs))
    for (const [i, number] of (parts[name]!.data as Float32Array).entries())
      expect(Math.abs(number - expected[i]!), `${name}[${i}]`).toBeLessThan(1e-5 * scale)
  }
}

const total = (build: Builder, x: Value) =>
  build.emit('ReduceSum', [x, build.ints([...x.shape.keys()])], [], { keepdims: 0 })

describe('a batch in parts', () => {
  test('goes through all that treats samples alike; sums over it are added', async () => {
    const graph = graphOf({ x: [BATCH, 3], weight: [3, 2] }, (build, { x, weight }) => {
      const y = build.emit('MatMul', [x!, weight!], [BATCH, 2])
      const gradient = build.emit('Gemm', [x!, y], [3, 2], { transA: 1, transB: 0 })
      return { next: build.emit('Sub', [weight!, gradient], [3, 2]), loss: total(build, y) }
    })
    const split = splitOf(graph)!
    expect(printGraph(split.part).replace(/\d{2,}/g, 'n')).toMatchInlineSnapshot(`
      "%2:[2,2] = MatMul(x, weight)
      %3:[3,2] = Gemm(x, %2, transA=1, transB=0)
      %4:[] = ReduceSum(%2, {0 1}, keepdims=0)
      sum/3 <- %3
      sum/6 <- %4"
    `)
    expect(printGraph(split.rest).replace(/\d{2,}/g, 'n')).toMatchInlineSnapshot(`
      "%6:[3,2] = Add(part/0/sum/3, part/1/sum/3)
      %7:[] = Add(part/0/sum/6, part/1/sum/6)
      %8:[3,2] = Sub(weight, %6)
      next <- %8
      loss <- %7"
    `)
    expect([...split.shared]).toEqual(['x'])
    await expectSame(graph, split)
  })

  test('may be more than two', async () => {
    const graph = graphOf({ x: [BATCH, 3] }, (build, { x }) => ({
      loss: total(build, build.emit('Exp', [x!], [BATCH, 3])),
    }))
    const split = splitOf(graph, 4)!
    expect(split.rest.nodes.map(({ op }) => op)).toEqual(['Add', 'Add', 'Add'])
    await expectSame(graph, split)
    expect(splitOf(graph, 3)).toBeUndefined()
  })

  test('averages means', async () => {
    const graph = graphOf({ x: [BATCH, 3] }, (build, { x }) => ({
      mean: build.emit('ReduceMean', [x!, build.ints([0])], [3], { keepdims: 0 }),
      squared: build.emit(
        'ReduceMean',
        [build.emit('Mul', [x!, x!], [BATCH, 3]), build.ints([0, 1])],
        [1, 1],
      ),
    }))
    await expectSame(graph, splitOf(graph)!)
  })

  test('keeps sums of products with the parts, and what they are added to for the rest', async () => {
    const graph = graphOf({ x: [BATCH, 3], y: [BATCH, 2], weight: [3, 2] }, (build, { x, y, weight }) => {
      const product = (added: Value | undefined, attributes = {}) =>
        build.emit('Gemm', [x!, y!, ...(added ? [added] : [])], [3, 2], { transA: 1, ...attributes })
      return {
        updated: product(product(weight!), { alpha: { float: -0.5 } }),
        scaled: product(weight!, { beta: { float: 3 } }),
        twice: product(product(undefined), { beta: { float: 2 } }),
        late: product(build.emit('Exp', [product(undefined)], [3, 2])),
      }
    })
    const split = splitOf(graph)!
    expect(split.rest.nodes.filter(({ op }) => op === 'Gemm')).toEqual([])
    await expectSame(graph, split)
  })

  test('finds samples again in reshaped arrays, wherever they lie', async () => {
    const graph = graphOf({ x: [BATCH, 3, 2], weight: [3, 2] }, (build, { x, weight }) => {
      const steps = build.emit('Transpose', [x!], [3, BATCH, 2], { perm: [1, 0, 2] })
      const rows = build.emit('Reshape', [steps, build.ints([3 * BATCH, 2])], [3 * BATCH, 2])
      const groups = build.emit('Reshape', [x!, build.ints([2, 12])], [2, 12])
      const [first, last] = build.emitAll(
        'Split',
        [rows, build.ints([BATCH, 2 * BATCH])],
        [
          { shape: [BATCH, 2], dtype: 'float32' },
          { shape: [2 * BATCH, 2], dtype: 'float32' },
        ],
        { axis: 0 },
      )
      const middle = build.emit(
        'Slice',
        [rows, build.ints([BATCH]), build.ints([2 * BATCH]), build.ints([0])],
        [BATCH, 2],
      )
      const joined = build.emit('Concat', [last!, middle], [3 * BATCH, 2], { axis: 0 })
      return {
        product: build.emit('Gemm', [rows, joined], [2, 2], { transA: 1 }),
        prod: total(build, build.emit('ReduceProd', [groups, build.ints([1])], [2], { keepdims: 0 })),
        start: build.emit('Gemm', [first!, weight!], [BATCH, 3], { transB: 1 }),
      } as Record<string, Value>
    })
    // Rows themselves are no sums.
    expect(splitOf(graph)).toBeUndefined()
    const { outputs, ...rest } = graph
    const sums = { ...rest, outputs: outputs.filter(({ name }) => name !== 'start') }
    await expectSame(sums, splitOf(sums)!)
  })

  test('shortens what is the same for all samples', async () => {
    const graph = graphOf({ x: [BATCH, 3], weight: [3, 1] }, (build, { x, weight }) => {
      const bias = build.emit('Expand', [weight!, build.ints([3, BATCH])], [3, BATCH])
      const half = build.emit('Mul', [bias, build.constant([0.5], [3, BATCH])], [3, BATCH])
      const turned = build.emit('Transpose', [x!], [3, BATCH], { perm: [1, 0] })
      return {
        loss: total(build, build.emit('Tanh', [build.emit('Add', [turned, half], [3, BATCH])], [3, BATCH])),
      }
    })
    await expectSame(graph, splitOf(graph)!)
  })
})

/** An operator on arrays of which one axis, or none, is the batch: `null` in a shape. */
interface Case {
  readonly x: readonly (number | null)[]
  readonly others?: readonly (readonly (number | null)[])[]
  apply(build: Builder, x: Value, ...others: Value[]): Value
  /** Whether samples are not mixed. */
  readonly apart: boolean
}

const to =
  (op: string, shape: (x: Value) => readonly number[], attributes = {}, ...ints: (readonly number[])[]) =>
  (build: Builder, x: Value, ...others: Value[]) =>
    build.emit(op, [x, ...ints.map((v) => build.ints(v)), ...others], shape(x), attributes)
const same = ({ shape }: Value) => shape
const sum = (op: string, axes: readonly number[], keepdims = 0) =>
  to(
    op,
    ({ shape }) =>
      keepdims ? shape.map((n, i) => (axes.includes(i) ? 1 : n)) : shape.filter((_, i) => !axes.includes(i)),
    { keepdims },
    axes,
  )

const CASES: Readonly<Record<string, Case>> = {
  'Add of rows': { x: [null, 3], others: [[null, 3]], apply: to('Add', same), apart: true },
  'Add of a bias': { x: [null, 3], others: [[3]], apply: to('Add', same), apart: true },
  'Add of what differs by row': { x: [null, 3], others: [[BATCH, 3]], apply: to('Add', same), apart: false },
  'Mul of a column': { x: [null, 3], others: [[null, 1]], apply: to('Mul', same), apart: true },
  'Add of samples to places': {
    x: [null, BATCH],
    others: [[BATCH, null]],
    apply: to('Add', same),
    apart: false,
  },
  Clip: {
    x: [2, null],
    apply: (build, x) => build.emit('Clip', [x, build.scalar(-0.5), build.scalar(1)], x.shape),
    apart: true,
  },
  'PRelu with slopes': { x: [null, 3], others: [[3]], apply: to('PRelu', same), apart: true },
  'ReduceSum beside': { x: [2, null, 3], apply: sum('ReduceSum', [0, 2]), apart: true },
  'ReduceSum over': { x: [2, null, 3], apply: sum('ReduceSum', [1], 1), apart: true },
  'ReduceMean over': { x: [2, null, 3], apply: sum('ReduceMean', [0, 1]), apart: true },
  'ReduceMax beside': { x: [null, 3], apply: sum('ReduceMax', [1], 1), apart: true },
  'ReduceMax over': { x: [null, 3], apply: sum('ReduceMax', [0]), apart: false },
  'ReduceProd over': { x: [null, 3], apply: sum('ReduceProd', [0]), apart: false },
  'Softmax beside': { x: [null, 3], apply: to('Softmax', same, { axis: -1 }), apart: true },
  'Softmax over': { x: [null, 3], apply: to('Softmax', same, { axis: 0 }), apart: false },
  Expand: {
    x: [null, 1],
    apply: to('Expand', ({ shape }) => [2, shape[0]!, 3], {}, [2, BATCH, 3]),
    apart: true,
  },
  'Tile beside': { x: [null, 3], apply: to('Tile', ({ shape }) => [shape[0]!, 6], {}, [1, 2]), apart: true },
  'Tile over': {
    x: [null, 3],
    apply: to('Tile', ({ shape }) => [2 * shape[0]!, 3], {}, [2, 1]),
    apart: false,
  },
  'Concat beside': {
    x: [null, 3],
    others: [[null, 2]],
    apply: to('Concat', ({ shape }) => [shape[0]!, 5], { axis: 1 }),
    apart: true,
  },
  'Concat over': {
    x: [null, 3],
    others: [[null, 3]],
    apply: to('Concat', ({ shape }) => [2 * shape[0]!, 3], { axis: 0 }),
    apart: true,
  },
  'Slice beside': {
    x: [null, 3],
    apply: to('Slice', ({ shape }) => [shape[0]!, 2], {}, [1], [3], [1]),
    apart: true,
  },
  'Slice in strides beside': {
    x: [null, 4],
    apply: to('Slice', ({ shape }) => [shape[0]!, 2], {}, [0], [4], [1], [2]),
    apart: true,
  },
  'Slice of samples': { x: [null, 3], apply: to('Slice', () => [2, 3], {}, [1], [3], [0]), apart: false },
  'Slice backwards': {
    x: [null, 3],
    apply: to('Slice', same, {}, [-1], [-(2 ** 31)], [0], [-1]),
    apart: false,
  },
  Transpose: {
    x: [2, null, 3],
    apply: to('Transpose', ({ shape }) => [shape[2]!, shape[0]!, shape[1]!], { perm: [2, 0, 1] }),
    apart: true,
  },
  Pad: { x: [null, 3], apply: to('Pad', ({ shape }) => [shape[0]!, 6], {}, [0, 1, 0, 2]), apart: true },
  'Pad with samples': {
    x: [null, 3],
    apply: to('Pad', ({ shape }) => [shape[0]! + 1, 3], {}, [0, 0, 1, 0]),
    apart: false,
  },
  'Gather beside': {
    x: [null, 3],
    apply: (build, x) =>
      build.emit('Gather', [x, build.constant([2, 0, 1, 1], [2, 2], 'int32')], [x.shape[0]!, 2, 2], {
        axis: 1,
      }),
    apart: true,
  },
  'Gather of samples': {
    x: [null, 3],
    apply: (build, x) => build.emit('Gather', [x, build.constant([2, 0], [2], 'int32')], [2, 3], { axis: 0 }),
    apart: false,
  },
  'MatMul of rows': {
    x: [null, 3],
    others: [[3, 2]],
    apply: to('MatMul', ({ shape }) => [shape[0]!, 2]),
    apart: true,
  },
  'MatMul of stacks': {
    x: [null, 2, 3],
    others: [[null, 3, 2]],
    apply: to('MatMul', ({ shape }) => [shape[0]!, 2, 2]),
    apart: true,
  },
  'MatMul over': { x: [2, null], others: [[null, 3]], apply: to('MatMul', () => [2, 3]), apart: true },
  'MatMul of samples with samples': {
    x: [null, 3],
    others: [[3, null]],
    apply: to('MatMul', ({ shape }) => [shape[0]!, shape[0]!]),
    apart: false,
  },
  'MatMul with a vector': {
    x: [null, 3],
    others: [[3]],
    apply: to('MatMul', ({ shape }) => [shape[0]!]),
    apart: false,
  },
  'Gemm turned': {
    x: [3, null],
    others: [[2, 3], [2]],
    apply: to('Gemm', ({ shape }) => [shape[1]!, 2], { transA: 1, transB: 1, alpha: { float: 2 } }),
    apart: true,
  },
  'Gemm with a bias of samples': {
    x: [2, 3],
    others: [[3, null], [null]],
    apply: to('Gemm', () => [2, BATCH]),
    apart: true,
  },
  Conv: {
    x: [null, 2, 4, 4],
    others: [[3, 2, 3, 3], [3]],
    apply: to('Conv', ({ shape }) => [shape[0]!, 3, 2, 2]),
    apart: true,
  },
  'Conv with samples for channels': {
    x: [2, null, 4, 4],
    others: [[3, null, 3, 3]],
    apply: to('Conv', () => [2, 3, 2, 2]),
    apart: false,
  },
  ConvTranspose: {
    x: [null, 2, 3, 3],
    others: [[2, 3, 2, 2]],
    apply: to('ConvTranspose', ({ shape }) => [shape[0]!, 3, 4, 4]),
    apart: true,
  },
  MaxPool: {
    x: [null, 2, 4, 4],
    apply: to('MaxPool', ({ shape }) => [shape[0]!, 2, 2, 2], { kernel_shape: [2, 2], strides: [2, 2] }),
    apart: true,
  },
  'MaxPool with places': {
    x: [null, 2, 4, 4],
    apply: (build, x) =>
      build.emitAll(
        'MaxPool',
        [x],
        [
          { shape: [x.shape[0]!, 2, 2, 2], dtype: 'float32' },
          { shape: [x.shape[0]!, 2, 2, 2], dtype: 'int64' },
        ],
        { kernel_shape: [2, 2], strides: [2, 2] },
      )[0]!,
    apart: false,
  },
  CumSum: {
    x: [3, null],
    apply: (build, x) => build.emit('CumSum', [x, build.constant([0], [], 'int64')], x.shape),
    apart: false,
  },
}

describe('an operator', () => {
  /** Each array comes with the batch first, so that it can be shared out, and is turned to where it belongs. */
  function turned(build: Builder, given: Value, shape: readonly (number | null)[]): Value {
    const at = shape.indexOf(null)
    if (at <= 0) return given
    const order = shape.map((_, i) => (i === at ? 0 : i < at ? i + 1 : i))
    return build.emit(
      'Transpose',
      [given],
      order.map((i) => given.shape[i]!),
      { perm: order },
    )
  }
  const shapeOf = (shape: readonly (number | null)[]) =>
    shape.includes(null) ? [BATCH, ...shape.filter((n) => n !== null)] : (shape as readonly number[])

  test.each(Object.entries(CASES))('in parts: %s', async (_, { x, others = [], apply, apart }) => {
    const shapes = {
      x,
      ...Object.fromEntries(others.map((s, i) => [`${s.includes(null) ? 'y' : 'weight'}${i}`, s])),
    }
    const graph = graphOf(
      Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, shapeOf(shape)])),
      (build, given) => {
        const values = Object.entries(shapes).map(([name, shape]) => turned(build, given[name]!, shape))
        const y = apply(build, values[0]!, ...values.slice(1))
        return { loss: total(build, build.emit('Sin', [y], y.shape)), beside: total(build, given.x!) }
      },
    )
    const split = splitOf(graph)
    expect(!!split).toBe(apart)
    if (split) await expectSame(graph, split)
  })
})
