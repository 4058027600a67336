import '@tensorflow/tfjs-backend-cpu'
import { expectError, expectGolden, expectNoLeak, fill } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { losses } from '../losses/index'
import { API_VERSION, definePlugin } from '../plugin'
import { createRegistry } from '../registry'
import type { Spec } from '../spec'
import { metrics } from './index'
import golden from './metrics.golden.json'

const registry = createRegistry([
  definePlugin({
    name: 'test',
    version: '0.0.0',
    apiVersion: API_VERSION,
    definitions: [...losses, ...metrics],
  }),
])
const build = (spec: Spec | string) => registry.build('metric', spec)

test.each(golden.map((entry, i) => ({ entry, title: `${i}: ${JSON.stringify(entry.spec)}` })))(
  '$title equals Keras',
  ({ entry }) => {
    expectNoLeak(() =>
      tf.tidy(() => {
        const value = build(entry.spec)({ target: tf.tensor(entry.target), output: tf.tensor(entry.output) })
        expectGolden(value, entry.value)
      }),
    )
  },
)

describe('metrics that are losses', () => {
  const shared = losses.filter((loss) => registry.has('metric', loss.type))

  test('are all the losses', () => {
    expect(shared).toHaveLength(losses.length)
  })

  test.each(shared.map((loss) => loss.type))('%s gives the number of the loss', (type) => {
    tf.tidy(() => {
      const output = tf.softmax(tf.tensor2d(fill(12, 1), [3, 4]))
      const target = type.startsWith('sparse')
        ? tf.tensor1d([0, 3, 1])
        : tf.softmax(tf.tensor2d(fill(12, 2), [3, 4]))
      const sign = type === 'cosineSimilarity' ? -1 : 1
      const loss = tf.mul(registry.build('loss', type)({ target, output }), sign)
      expectGolden(build(type)({ target, output }), Array.from(loss.dataSync()))
    })
  })
})

test('the reported root mean squared error is the mean of the roots of the samples', () => {
  tf.tidy(() => {
    const value = build('rootMeanSquaredError')({
      target: tf.tensor2d([
        [0, 0],
        [0, 0],
      ]),
      output: tf.tensor2d([
        [3, 3],
        [1, 1],
      ]),
    })
    expectGolden(tf.mean(value), 2)
  })
})

test('a sparse accuracy accepts a last axis of 1 and refuses other shapes', () => {
  tf.tidy(() => {
    const output = tf.tensor2d([
      [0.1, 0.9],
      [0.6, 0.4],
    ])
    const accuracy = build('sparseCategoricalAccuracy')
    expectGolden(accuracy({ target: tf.tensor2d([[1], [1]]), output }), [1, 0])
    expectError(() => accuracy({ target: tf.zeros([3]), output }), {
      code: 'shape',
      message: /Got a target of shape \[3\]; expected class numbers of shape \[2\]/,
    })
  })
})

test('a threshold outside [0, 1] is refused', () => {
  expectError(() => build({ type: 'binaryAccuracy', threshold: 2 } as Spec), {
    code: 'spec',
    message: /threshold/,
  })
})
