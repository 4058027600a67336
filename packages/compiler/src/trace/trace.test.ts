import '@tensorflow/tfjs-backend-cpu'
import { core, createRegistry, defineLayer, definePlugin, type TensorRecord } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { beforeEach, describe, expect, test } from 'vitest'
import { printGraph } from '../graph/print-graph'
import { openCompiledSession } from '../session/compiled-session'
import { runtime } from '../testing/parity'
import { trace } from './trace'

beforeEach(async () => {
  await tf.setBackend('cpu')
})

const x = { shape: [2, 3] }
const one = (f: (x: tf.Tensor) => tf.Tensor) => () => trace(({ x: input }) => ({ y: f(input!) }), { x })

describe('a trace', () => {
  test('is the graph of what a function does, gradients included', () => {
    const graph = trace(({ x: input }) => ({ y: tf.grad((v) => tf.sum(tf.exp(v)))(input!) }), { x })
    expect(printGraph(graph)).toMatch(/Exp\(x\)/)
    expect(graph.inputs.map(({ name }) => name)).toEqual(['x'])
    expect(graph.outputs.map(({ name, value }) => [name, value.shape])).toEqual([['y', [2, 3]]])
  })

  test('takes inputs of other types', () => {
    const { inputs, outputs } = trace(({ i, b }) => ({ i: tf.neg(i!), b: tf.logicalNot(b!) }), {
      i: { shape: [2], dtype: 'int32' },
      b: { shape: [2], dtype: 'bool' },
    })
    expect(inputs.map(({ value }) => value.dtype)).toEqual(['int32', 'bool'])
    expect(outputs.map(({ value }) => value.dtype)).toEqual(['int32', 'bool'])
  })

  test('makes an input of every random stream', () => {
    const graph = trace(
      ({ x: input }, random) => {
        // Whoever draws may tidy up after itself.
        const a = tf.tidy(() => tf.add(input!, random.normal('noise', [2, 3])))
        const b = tf.tidy(() => tf.add(a, random.normal('noise', [2, 3])))
        return { y: tf.add(b, tf.sum(random.normal('noise', [4]))), u: random.uniform('noise', [2]) }
      },
      { x },
    )
    expect(graph.inputs.slice(1).map(({ name, value, draw }) => [name, value.shape, draw])).toEqual([
      ['random/normal/noise', [2, 3], { stream: 'noise', distribution: 'normal' }],
      ['random/normal/noise/[4]', [4], { stream: 'noise', distribution: 'normal' }],
      ['random/uniform/noise', [2], { stream: 'noise', distribution: 'uniform' }],
    ])
  })

  test('leaves nothing behind: not the backend, not tensors', async () => {
    const before = tf.memory()
    one((v) => tf.softmax(tf.matMul(v, v, false, true)))()
    expect(tf.memory()).toEqual(before)
    expect(tf.getBackend()).toBe('cpu')
    expect(tf.engine().backendNames()).toEqual(['cpu'])
  })

  test('may be made within another computation', () => {
    const sum = tf.tidy(() => {
      const a = tf.tensor([1, 2])
      one(tf.exp)()
      return tf.add(a, 1)
    })
    expect(Array.from(sum.dataSync())).toEqual([2, 3])
    sum.dispose()
  })
})

describe('errors explain themselves', () => {
  const reads: [string, (x: tf.Tensor) => unknown][] = [
    ['dataSync', (v) => v.dataSync()],
    ['arraySync', (v) => tf.exp(v).arraySync()],
    ['print', (v) => v.print()],
  ]
  test.each(reads)('reading by %s', (_, read) => {
    expectError(
      one((v) => {
        read(v)
        return v
      }),
      {
        code: 'backend',
        message:
          /a tensor was read while its step was being traced\. .* Do not call data\(\), dataSync\(\), .* branch with tf\.where/,
      },
    )
  })

  test('reading by data() rejects', async () => {
    let reading: Promise<unknown> | undefined
    one((v) => {
      reading = v.data()
      return v
    })()
    await expectError(() => reading!, { code: 'backend', message: /read while its step was being traced/ })
  })

  test('tensors from outside', () => {
    const outside = tf.tensor([1, 2, 3])
    expectError(
      one((v) => tf.add(v, outside)),
      { code: 'backend', message: /from another backend .* Pass tensors in as weights/ },
    )
    expectError(
      one(() => outside),
      { code: 'backend', message: /from another backend/ },
    )
    expect(Array.from(outside.dataSync())).toEqual([1, 2, 3])
    outside.dispose()
  })

  test('ops that cannot be traced', () => {
    expectError(
      one((v) => tf.fft(tf.complex(v, v))),
      {
        code: 'backend',
        message: /the op \w+ cannot be compiled yet\. Expected one of Abs, .*eager backend/,
      },
    )
  })

  test('ops without a gradient', () => {
    expectError(
      one((v) => tf.grad((u) => tf.sum(tf.topk(tf.abs(u), 1).values))(v)),
      { code: 'backend', message: /cannot differentiate|cannot be compiled/ },
    )
  })

  test('errors of the function itself come out as they are', () => {
    const error = new TypeError('mine')
    expect(
      one(() => {
        throw error
      }),
    ).toThrow(error)
  })

  test('all is as before after any of them, within gradients too', () => {
    const before = tf.memory()
    for (const f of [
      (v: tf.Tensor) => tf.fft(tf.complex(v, v)),
      (v: tf.Tensor) => tf.grad((u) => tf.sum(tf.mul(u, tf.scalar(u.dataSync()[0]!))))(v),
      (v: tf.Tensor) =>
        tf.grad((u) => {
          const e = tf.exp(tf.softmax(u))
          return tf.sum(tf.mul(e, e.dataSync()[0]!))
        })(v),
      (v: tf.Tensor) => tf.tidy(() => tf.grad((u) => tf.sum(tf.exp(tf.irfft(tf.complex(u, u)))))(v)),
    ])
      expect(one(f)).toThrow()
    expect(tf.getBackend()).toBe('cpu')
    expect(tf.memory().numTensors).toBe(before.numTensors)
    const { state } = tf.engine()
    expect([state.gradientDepth, state.kernelDepth]).toEqual([0, 0])
    tf.tidy(() => {
      const gradient = tf.grad((v) => tf.sum(tf.square(v)))(tf.tensor([3]))
      expect(gradient.dataSync()[0]).toBe(6)
    })
  })
})

test('an op that cannot be compiled names its layer', async () => {
  const spectral = defineLayer({
    type: 'test/spectral',
    description: 'a spectrum',
    options: {},
    build: (_, { inputShape }) => ({
      outputShape: inputShape,
      apply: ({ input }) => ({ output: tf.real(tf.fft(tf.complex(input, input))) }),
    }),
  })
  const plugin = definePlugin({ name: 'test', version: '1.0.0', apiVersion: 1, definitions: [spectral] })
  const registry = createRegistry([core, plugin])
  const model = registry.build(
    'model',
    {
      type: 'autoencoder',
      encoder: [{ type: 'dense', units: 4 }, { type: 'test/spectral' }],
      decoder: [{ type: 'dense', units: 4 }],
    },
    { registry, fields: { input: [4] } },
  )
  const session = await openCompiledSession({ model, seed: 1 }, runtime, { id: 'test', device: 'a test' })
  const input = { shape: [1, 4], data: new Float32Array(4) }
  await expectError(() => session.run('encode', { input }), {
    code: 'backend',
    message: /^encoder\/1, test\/spectral: the op \w+ cannot be compiled yet/,
  })
  session.dispose()
})

test('constants are kept, filled ones as one number', () => {
  const weights: TensorRecord = {}
  const graph = trace(
    ({ x: input }) => ({ y: tf.add(tf.mul(input!, tf.fill([2, 3], 2)), tf.tensor([1, 2, 3])) }),
    { x, ...weights },
  )
  expect(printGraph(graph)).toContain('{2 × [2,3]}')
  expect(printGraph(graph)).toContain('{1 2 3}')
})
