import { expectError } from '@sandglass/testing'
import * as ort from 'onnxruntime-node'
import { beforeAll, describe, expect, test } from 'vitest'
import { createBuilder } from '../graph/builder'
import { makeValue, type Node } from '../graph/graph'
import { encodeOnnx } from '../onnx/encode'
import { openCompiledSession } from '../session/compiled-session'
import type { Runtime } from '../session/runtime'
import { tinyBatch, tinyProgram } from '../testing/tiny'
import { loadNativeRuntime } from './load-native'
import { tinyModel } from './tiny-model'

let runtime: Runtime
beforeAll(async () => {
  runtime = (await loadNativeRuntime())!
})

const square = (...numbers: number[]) => Float32Array.from(numbers)

describe('the C interface', () => {
  test('is there on this platform', () => expect(runtime).toBeDefined())

  test('writes into the arrays that it is given, at every call', async () => {
    const session = await runtime.InferenceSession.create(tinyModel())
    const inputs = [square(1, 2, 3, 4), square(0, 1, 1, 0)]
    const outputs = [new Float32Array(4), new Float32Array(4)]
    const [x0, x1] = inputs.map((data) => new runtime.Tensor('float32', data, [2, 2]))
    const [y0, y1] = outputs.map((data) => new runtime.Tensor('float32', data, [2, 2]))
    await session.run({ x: x0! }, { y: y0! })
    await session.run({ x: x1! }, { y: y1! })
    expect(outputs.map((data) => [...data])).toEqual([
      [8, 12, 18, 26],
      [1, 1, 1, 1],
    ])
    inputs[0]!.set([2, 0, 0, 2])
    await session.run({ x: x0! }, { y: y0! })
    expect([...outputs[0]!]).toEqual([6, 0, 0, 6])
    await session.release()
  })

  test('takes every type that leaves a graph', async () => {
    const nodes: Node[] = []
    const build = createBuilder(nodes)
    const x = makeValue([3], 'float32')
    const above = build.emit('Greater', [x, build.constant([0.5, 0.5, 0.5], [3])], [3], {}, 'bool')
    const whole = build.emit('Cast', [x], [3], { to: 'int32' }, 'int32')
    const long = build.emit('Cast', [x], [3], { to: 'int64' }, 'int64')
    const session = await runtime.InferenceSession.create(
      encodeOnnx({
        inputs: [{ name: 'x', value: x }],
        outputs: Object.entries({ above, whole, long }).map(([name, value]) => ({ name, value })),
        nodes,
      }),
    )
    const results = [new Uint8Array(3), new Int32Array(3), new BigInt64Array(3)] as const
    await session.run(
      { x: new runtime.Tensor('float32', square(0, 1, 2), [3]) },
      {
        above: new runtime.Tensor('bool', results[0], [3]),
        whole: new runtime.Tensor('int32', results[1], [3]),
        long: new runtime.Tensor('int64', results[2], [3]),
      },
    )
    expect(results.map((data) => [...data])).toEqual([
      [0, 1, 1],
      [0, 1, 2],
      [0n, 1n, 2n],
    ])
  })

  test('trains to the same bits as onnxruntime-node', async () => {
    const train = async (on: Runtime) => {
      const session = await openCompiledSession(tinyProgram(), on, { id: 'x', device: 'x', kernels: true })
      const losses: number[] = []
      for (let step = 0; step < 20; step++) {
        const request = { objective: 'reconstruction', batch: tinyBatch(), step, learningRate: 0.1 }
        losses.push((await session.step(request)).loss!)
      }
      const { weights } = await session.state()
      session.dispose()
      return { losses, weights }
    }
    expect(await train(runtime)).toEqual(await train(ort as unknown as Runtime))
  })
})

describe('what goes wrong', () => {
  const tensor = (dims: number[]) =>
    new runtime.Tensor('float32', new Float32Array(dims.reduce((a, b) => a * b, 1)), dims)

  test('a file that is no model', async () => {
    await expect(runtime.InferenceSession.create(Uint8Array.of(1, 2, 3))).rejects.toThrow(/protobuf|parse/i)
  })

  test('a shape that does not fit', async () => {
    const session = await runtime.InferenceSession.create(tinyModel())
    await expect(session.run({ x: tensor([3, 2]) }, { y: tensor([2, 2]) })).rejects.toThrow(
      /Got: 3 Expected: 2/,
    )
    // The session is as good as before.
    await session.run({ x: tensor([2, 2]) }, { y: tensor([2, 2]) })
  })

  test('numbers that do not fill a shape', () => {
    expect(() => new runtime.Tensor('float32', square(1, 2, 3), [2, 2])).toThrow(
      '3 numbers do not fill the shape [2, 2]',
    )
  })

  test('a tensor of another runtime or disposed of', async () => {
    const session = await runtime.InferenceSession.create(tinyModel())
    const y = tensor([2, 2])
    const foreign = new ort.Tensor('float32', square(1, 2, 3, 4), [2, 2])
    await expect(session.run({ x: foreign }, { y })).rejects.toThrow(
      'no tensor of this runtime is given for "x"',
    )
    const x = tensor([2, 2])
    x.dispose?.()
    x.dispose?.()
    await expect(session.run({ x }, { y })).rejects.toThrow('no tensor of this runtime is given for "x"')
  })

  test('a session that is released', async () => {
    const session = await runtime.InferenceSession.create(tinyModel())
    await session.release()
    await session.release()
    await expect(session.run({ x: tensor([2, 2]) }, { y: tensor([2, 2]) })).rejects.toThrow(
      'the session is released',
    )
  })

  test('in a step is told as of any runtime', async () => {
    const broken: Runtime = {
      ...runtime,
      InferenceSession: { create: () => runtime.InferenceSession.create(Uint8Array.of(1)) },
    }
    const session = await openCompiledSession(tinyProgram(), broken, { id: 'x', device: 'x' })
    await expectError(
      () => session.step({ objective: 'reconstruction', batch: tinyBatch(), step: 0, learningRate: 0.1 }),
      { code: 'backend', message: /ONNX Runtime failed while opening the graph/ },
    )
  })

  test('koffi that is not installed is done without', async () => {
    expect(await loadNativeRuntime('koffi-that-is-not-there')).toBeUndefined()
  })
})
