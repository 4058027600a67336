import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { autoencoder, core, createRegistry, dense, differentiate, flatten, reshape } from './index'

test('smoke', async () => {
  const registry = createRegistry([core])
  const spec = autoencoder({
    encoder: [flatten(), dense({ units: 3, activation: 'selu', name: 'a' })],
    decoder: [dense({ units: 16, tiedTo: 'a', activation: 'sigmoid' }), reshape({ shape: [4, 4] })],
    loss: 'binaryCrossentropy',
  })
  const model = registry.build('model', spec, { registry, fields: { input: [4, 4] } })
  expect(Object.keys(model.weights)).toEqual(['encoder/1/kernel', 'encoder/1/bias', 'decoder/0/bias'])
  const w = Object.fromEntries(Object.entries(model.weights).map(([n, d]) => [n, tf.randomNormal([...d.shape])]))
  const before = tf.memory().numTensors
  tf.tidy(() => {
    const x = tf.randomUniform([5, 4, 4])
    const r = differentiate((w) => { const l = model.objectives[0]!.loss(w, { input: x }, { training: true, random: null as never }); return { value: l.total, extra: l.parts } }, w)
    console.log(Object.entries(r.gradients).map(([n, g]) => [n, g.shape]), r.value.dataSync(), r.extra)
  })
  expect(tf.memory().numTensors).toBe(before)
  console.log(JSON.stringify(registry.jsonSchema()).slice(0, 600))
  expect(() => registry.parse('layer', { type: 'dense', unit: 3 })).toThrow(/did you mean "units"/)
})
