import {
  autoencoder,
  core,
  createRegistry,
  dense,
  initialWeights,
  type Model,
  type ModelSpec,
} from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { classifier, encoderWeights, tasks, weightsUnder } from '../index'

const registry = createRegistry([core, tasks])
const build = (spec: ModelSpec): Model =>
  registry.build('model', spec, { registry, fields: { input: [4], label: [] } })

const encoder = [dense({ units: 3 }), dense({ units: 2 })]
const head = [dense({ units: 5, activation: 'softmax' })]
const trained = initialWeights(build(autoencoder({ encoder, decoder: [dense({ units: 4 })] })), 1)

test("an autoencoder's encoder fits a classifier's by name", () => {
  const model = build(classifier({ encoder, head }))
  const picked = encoderWeights(trained, model)
  expect(Object.keys(picked)).toEqual([
    'encoder/0/kernel',
    'encoder/0/bias',
    'encoder/1/kernel',
    'encoder/1/bias',
  ])
  expect(picked['encoder/1/kernel']).toBe(trained['encoder/1/kernel'])
  expect(Object.keys(weightsUnder(trained, 'encoder/1'))).toEqual(['encoder/1/kernel', 'encoder/1/bias'])
  expect(Object.keys(weightsUnder(trained, 'decoder'))).toEqual(['decoder/0/kernel', 'decoder/0/bias'])
})

test('or the difference is named', () => {
  const others = (units: readonly number[]) =>
    build(classifier({ encoder: units.map((n) => dense({ units: n })), head }))
  expectError(() => encoderWeights(trained, others([3, 2, 2])), {
    code: 'spec',
    message:
      /^the weights under "encoder" are not those of the model\. Got none for "encoder\/2\/kernel"; expected encoder\/0\/kernel, .*Both models must have the same layers there/,
  })
  expectError(() => encoderWeights(trained, others([3])), {
    code: 'spec',
    message: /Got "encoder\/1\/kernel", which the model does not have/,
  })
  expectError(() => encoderWeights(trained, others([3, 7])), {
    code: 'shape',
    message: /^the weight "encoder\/1\/kernel" does not fit the model\. Got \[3, 2\]; expected \[3, 7\]\.$/,
  })
  expectError(() => weightsUnder(trained, 'enc'), {
    code: 'spec',
    message: /^there are no weights under "enc"\. Got encoder\/0\/kernel, /,
  })
  expectError(() => encoderWeights({}), { message: /Got no weights at all\.$/ })
})
