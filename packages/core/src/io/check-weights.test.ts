import { expectError } from '@sandglass/testing'
import { test } from 'vitest'
import { autoencoder, core, dense } from '../index'
import { createRegistry } from '../registry'
import type { HostRecord } from '../tensors'
import { checkWeights } from './check-weights'

const registry = createRegistry([core])
const spec = autoencoder({
  encoder: [dense({ units: 2 })],
  decoder: [dense({ units: 3, useBias: false })],
  loss: 'binaryCrossentropy',
})
const model = registry.build('model', spec, { registry, fields: { input: [3] } })
const right = (): HostRecord =>
  Object.fromEntries(
    Object.entries(model.weights).map(([name, { shape }]) => [
      name,
      { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) },
    ]),
  )

test('the right weights pass', () => {
  checkWeights(model, right(), 'data', 'x')
})

test.each<[string, (weights: HostRecord) => void, RegExp]>([
  [
    'missing',
    (w) => {
      delete w['encoder/0/bias']
    },
    /^x: weights are missing\. Got no encoder\/0\/bias; expected 3 weights/,
  ],
  [
    'unknown',
    (w) => {
      w.extra = { shape: [], data: Float32Array.of(1) }
    },
    /^x: there are weights that the model does not have\. Got extra; expected only encoder\/0\/kernel, encoder\/0\/bias, decoder\/0\/kernel/,
  ],
  [
    'another shape',
    (w) => {
      w['encoder/0/kernel'] = { shape: [2, 3], data: new Float32Array(6) }
    },
    /^x: the weight "encoder\/0\/kernel" does not fit\. Got float32 of \[2, 3\]; expected float32 of \[3, 2\]/,
  ],
  [
    'another type',
    (w) => {
      w['encoder/0/bias'] = { shape: [2], data: new Int32Array(2) }
    },
    /Got int32 of \[2\]; expected float32 of \[2\]/,
  ],
])('%s', (_, change, message) => {
  const weights = right()
  change(weights)
  expectError(() => checkWeights(model, weights, 'data', 'x'), { code: 'data', message })
})
