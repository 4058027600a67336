import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { expectGolden } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { core } from '../plugin-core'
import { createRegistry } from '../registry'

const loss = createRegistry([core]).build('loss', 'sparseCategoricalCrossentropy')

test.each(['cpu', 'wasm'])('is −log y[t] on %s, with its gradient', async (backend) => {
  await tf.setBackend(backend)
  tf.tidy(() => {
    const target = tf.tensor([0, 2])
    const output = tf.tensor([
      [0.5, 0.2, 0.3],
      [0.1, 0.65, 0.25],
    ])
    expectGolden(loss({ target, output }), [-Math.log(0.5), -Math.log(0.25)])
    const logits = tf.log(output)
    const gradient = tf.grad((value) => tf.sum(loss({ target, output, logits: { value, link: 'softmax' } })))
    expectGolden(gradient(logits), [
      [0.5 - 1, 0.2, 0.3],
      [0.1, 0.65, 0.25 - 1],
    ])
  })
})

test("tfjs's own one-hot floats are wrong on wasm, which is why they are not used", async () => {
  await tf.setBackend('wasm')
  const hot = tf.oneHot(tf.tensor([1], [1], 'int32'), 2, 1, 0, 'float32')
  expect([...(await hot.data())]).not.toEqual([0, 1])
  hot.dispose()
})
