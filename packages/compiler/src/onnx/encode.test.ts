import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectError } from '@sandglass/testing'
import { PbfReader } from 'pbf'
import { describe, expect, test } from 'vitest'
import { createBuilder } from '../graph/builder'
import { type DType, type Graph, makeValue, type Node, type Value } from '../graph/graph'
import { optimise } from '../passes/index'
import { evaluateGraph, functionGraph, trainGraph } from '../session/step-graph'
import { graphOf } from '../testing/graphs'
import { runtime } from '../testing/parity'
import { averagingMomentum, tinyProgram } from '../testing/tiny'
import { encodeOnnx, OPSET } from './encode'

type Message = Map<number, (number | Uint8Array)[]>

/** A protobuf message without its schema: values by field; lengths-delimited ones as bytes. */
function fieldsOf(bytes: Uint8Array): Message {
  const message: Message = new Map()
  const pbf = new PbfReader(bytes)
  pbf.readFields((tag: number, _: unknown, reader: PbfReader) => {
    const list = message.get(tag) ?? []
    message.set(tag, list)
    const wire = reader.type
    list.push(wire === 2 ? reader.readBytes() : wire === 5 ? reader.readFloat() : reader.readVarint(true))
  }, undefined)
  return message
}
const text = (value: unknown) => new TextDecoder().decode(value as Uint8Array)
const texts = (message: Message, field: number) => (message.get(field) ?? []).map(text)
const inside = (message: Message, field: number) =>
  (message.get(field) ?? []).map((bytes) => fieldsOf(bytes as Uint8Array))
const decode = (file: Uint8Array) => {
  const model = fieldsOf(file)
  const [graph] = inside(model, 7)
  return {
    model,
    graph: graph!,
    nodes: inside(graph!, 1).map((node) => ({
      op: texts(node, 4)[0]!,
      inputs: texts(node, 1),
      outputs: texts(node, 2),
      attributes: inside(node, 5),
    })),
    constants: inside(graph!, 5),
    inputs: inside(graph!, 11).map((info) => texts(info, 1)[0]!),
    outputs: inside(graph!, 12).map((info) => texts(info, 1)[0]!),
  }
}

const sum = graphOf({ x: [2, 3] }, (build, { x }) => ({ y: build.emit('Add', [x!, x!], [2, 3]) }))

describe('the file', () => {
  test('says versions, producer, metadata and documentation', () => {
    const { model, graph } = decode(
      encodeOnnx(sum, {
        name: 'double',
        metadata: { author: 'A. Nyone', ünï: 'cödé' },
        documentation: 'x + x',
      }),
    )
    expect(model.get(1)).toEqual([8])
    expect(texts(model, 2)).toEqual(['sandglass'])
    expect(texts(model, 6)).toEqual(['x + x'])
    expect(inside(model, 8).map((opset) => opset.get(2))).toEqual([[OPSET]])
    expect(inside(model, 14).map((entry) => [texts(entry, 1)[0], texts(entry, 2)[0]])).toEqual([
      ['author', 'A. Nyone'],
      ['ünï', 'cödé'],
    ])
    expect(texts(graph, 2)).toEqual(['double'])
  })

  test('gives shapes and types of inputs and outputs, the batch by name if it may vary', () => {
    const shapeOf = (file: Uint8Array) => {
      const [info] = inside(decode(file).graph, 11)
      const [type] = inside(inside(info!, 2)[0]!, 1)
      const dims = inside(inside(type!, 2)[0]!, 1)
      return { type: type!.get(1), dims: dims.map((d) => d.get(1)?.[0] ?? texts(d, 2)[0]) }
    }
    expect(shapeOf(encodeOnnx(sum))).toEqual({ type: [1], dims: [2, 3] })
    expect(shapeOf(encodeOnnx(sum, { dynamicBatch: 'batch' }))).toEqual({ type: [1], dims: ['batch', 3] })
  })

  test('holds constants whole, in little-endian bytes of their type', () => {
    const constant = (dtype: DType, data: number[]) => makeValue([3], dtype, data)
    const nodes: Node[] = []
    const build = createBuilder(nodes)
    const kinds: [DType, number[], number, number[]][] = [
      ['float32', [1.5, -2, 0], 1, [0, 0, 192, 63, 0, 0, 0, 192, 0, 0, 0, 0]],
      ['int32', [7], 6, [7, 0, 0, 0, 7, 0, 0, 0, 7, 0, 0, 0]],
      ['int64', [-1, 0, 2 ** 40], 7, [...Array(8).fill(255), ...Array(8).fill(0), 0, 0, 0, 0, 0, 1, 0, 0]],
      ['bool', [1, 0, 1], 9, [1, 0, 1]],
    ]
    const outputs = kinds.map(([dtype, data], i) => ({
      name: `y${i}`,
      value: build.emit('Identity', [constant(dtype, data)], [3]),
    }))
    const { constants } = decode(encodeOnnx({ inputs: [], outputs, nodes }))
    expect(constants.map((c) => [c.get(2)![0], Array.from(c.get(9)![0] as Uint8Array)])).toEqual(
      kinds.map(([, , type, bytes]) => [type, bytes]),
    )
  })

  test('writes attributes by their types', () => {
    const graph = graphOf({ x: [2, 3] }, (build, { x }) => ({
      y: build.emit('Op', [x!], [2, 3], {
        axis: -1,
        alpha: { float: 0.5 },
        mode: 'reflect',
        pads: [0, -1],
        to: 'int64',
      }),
    }))
    const attributes = decode(encodeOnnx(graph)).nodes[0]!.attributes.map((a) => ({
      name: texts(a, 1)[0],
      type: a.get(20)![0],
      float: a.get(2)?.[0],
      int: a.get(3)?.[0],
      text: a.has(4) ? texts(a, 4)[0] : undefined,
      ints: a.get(8),
    }))
    expect(attributes).toMatchObject([
      { name: 'axis', type: 2, int: -1 },
      { name: 'alpha', type: 1, float: 0.5 },
      { name: 'mode', type: 3, text: 'reflect' },
      { name: 'pads', type: 7, ints: [0, -1] },
      { name: 'to', type: 2, int: 7 },
    ])
  })

  test('leaves out positions of maxima that nothing reads', () => {
    const pooled = (read: boolean) =>
      graphOf({ x: [1, 1, 4, 4] }, (build, { x }) => {
        const [values, at] = build.emitAll(
          'MaxPool',
          [x!],
          [
            { shape: [1, 1, 2, 2], dtype: 'float32' },
            { shape: [1, 1, 2, 2], dtype: 'int64' },
          ],
        )
        const outputs: Record<string, Value> = { values: values! }
        if (read) outputs.at = at!
        return outputs
      })
    const outputs = (read: boolean) => decode(encodeOnnx(pooled(read))).nodes[0]!.outputs
    expect([outputs(false).length, outputs(true).length]).toEqual([1, 2])
  })
})

describe('names', () => {
  test('an output that is an input, a constant, or another output gets a copy', async () => {
    const graph = graphOf({ x: [2] }, (build, { x }) => {
      const y = build.emit('Neg', [x!], [2])
      const c = build.constant([3, 4], [2])
      return { same: x!, y, again: y, c, alsoC: c }
    })
    const file = encodeOnnx(graph)
    expect(decode(file).nodes.map(({ op, outputs }) => [op, outputs])).toEqual([
      ['Neg', ['y']],
      ['Identity', ['same']],
      ['Identity', ['again']],
      ['Identity', ['c']],
      ['Identity', ['alsoC']],
    ])
    const session = await runtime.InferenceSession.create(file)
    const results = await session.run({ x: new runtime.Tensor('float32', Float32Array.of(1, 2), [2]) })
    const values = Object.fromEntries(
      Object.entries(results).map(([name, { data }]) => [name, Array.from(data as Float32Array)]),
    )
    expect(values).toEqual({ same: [1, 2], y: [-1, -2], again: [-1, -2], c: [3, 4], alsoC: [3, 4] })
    await session.release()
  })

  test('those inside stay clear of those outside', () => {
    const graph = graphOf({ v0: [2], v2: [2] }, (build, { v0, v2 }) => ({
      v1: build.emit('Neg', [build.emit('Add', [v0!, v2!], [2])], [2]),
    }))
    const { nodes } = decode(encodeOnnx(graph))
    expect(nodes.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
      [['v0', 'v2'], ['v3']],
      [['v3'], ['v1']],
    ])
  })

  test('constants may have names, if nothing else has', () => {
    const c = makeValue([2], 'float32', [1, 2])
    const d = makeValue([2], 'float32', [3, 4])
    const graph = graphOf({ x: [2] }, (build, { x }) => ({
      y: build.emit('Add', [build.emit('Mul', [x!, c], [2]), d], [2]),
    }))
    const { constants } = decode(
      encodeOnnx(graph, {
        constantNames: new Map([
          [c, 'kernel'],
          [d, 'x'],
        ]),
      }),
    )
    const names = constants.map((constant) => texts(constant, 8)[0])
    expect(names[0]).toBe('kernel')
    expect(names[1]).not.toBe('x')
  })

  test('that inputs and outputs share are refused', () => {
    const clash = (outputs: string[], input = 'x'): Graph => {
      const graph = graphOf({ [input]: [2] }, (build, inputs) => ({
        y: build.emit('Neg', [inputs[input]!], [2]),
      }))
      return { ...graph, outputs: outputs.map((name) => ({ name, value: graph.outputs[0]!.value })) }
    }
    for (const outputs of [['x'], ['y', 'y']])
      expectError(() => encodeOnnx(clash(outputs)), {
        code: 'spec',
        message: /no name of its own\. Got "[xy]" more than once; expected names that are unique/,
      })
    expectError(() => encodeOnnx(clash([''])), { code: 'spec', message: /an empty name/ })
  })
})

// Set SANDGLASS_PYTHON to a Python that has the package onnx.
const python = process.env.SANDGLASS_PYTHON
const required = (process.env.SANDGLASS_REQUIRE ?? '').split(',').includes('python')

test.runIf(required)('a Python with onnx is there, since it is required', () => {
  expect(python && existsSync(python)).toBe(true)
})

describe.skipIf(!python)("Python's onnx.checker", () => {
  test('accepts graphs of training, evaluation and functions, before and after the passes', () => {
    const { model, metrics = {} } = tinyProgram()
    const objective = model.objectives[0]!
    const graphs = [
      trainGraph(model, objective, averagingMomentum, metrics, { input: [3, 4] }),
      evaluateGraph(model, objective, metrics, { input: [3, 4] }),
      ...Object.values(model.functions).map((f) => functionGraph(model, f, 2)),
    ]
    const folder = mkdtempSync(join(tmpdir(), 'sandglass-onnx-'))
    try {
      const paths = [...graphs, ...graphs.map(optimise)].map((graph, i) => {
        const path = join(folder, `${i}.onnx`)
        writeFileSync(path, encodeOnnx(graph))
        return path
      })
      const script =
        'import sys, onnx\nfor path in sys.argv[1:]: onnx.checker.check_model(path, full_check=True)\nprint("checked", len(sys.argv) - 1)'
      expect(execFileSync(python!, ['-c', script, ...paths], { encoding: 'utf8' })).toContain(
        `checked ${paths.length}`,
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
