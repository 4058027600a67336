import '@tensorflow/tfjs-backend-cpu'
import { expectError, testRandom } from '@sandglass/testing'
import { scalar } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import type { Context } from './context'
import { controlOf, controlValues } from './control'

const declared = { beta: 0.5, temperature: { type: 'exponential', initial: 1 } }

test('values given, and for others the declared numbers, in the order of the declaration', () => {
  expect(controlValues({ ...declared, fade: 0 }, { fade: 0.25, temperature: -2 })).toEqual({
    beta: 0.5,
    temperature: -2,
    fade: 0.25,
  })
  expect(Object.keys(controlValues(declared, { temperature: 1 }))).toEqual(['beta', 'temperature'])
  expect(controlValues(undefined)).toEqual({})
})

test('unknown names say which are known and which is near', () => {
  expectError(() => controlValues(declared, { temprature: 1 }), {
    code: 'spec',
    message:
      /^the model has no control "temprature"\. Expected beta, temperature\. Did you mean "temperature"\?$/,
  })
  expectError(() => controlValues(undefined, { beta: 1 }), {
    code: 'spec',
    message: /^the model has no control "beta"\. Expected none: it declares no controls\.$/,
  })
})

test('a control that follows a schedule has no value of its own, and values are finite', () => {
  expectError(() => controlValues(declared), {
    code: 'spec',
    message:
      /^the control "temperature" has no value\. Got the schedule "exponential", which only a training follows\. Say what it is: \{ controls: \{ temperature: 1 \} \}\.$/,
  })
  expectError(() => controlValues({ beta: 1 }, { beta: Number.NaN }), {
    code: 'numeric',
    message: /^the control "beta" is not finite\. Got NaN\.$/,
  })
})

test('maths reads scalars by name', () => {
  const beta = scalar(0.25)
  const context: Context = { training: true, random: testRandom(), controls: { beta } }
  expect(controlOf(context, 'beta')).toBe(beta)
  expectError(() => controlOf(context, 'bta'), { code: 'spec', message: /Did you mean "beta"\?$/ })
  const { controls: _, ...without } = context
  expectError(() => controlOf(without, 'beta'), { code: 'spec', message: /it declares no controls/ })
  beta.dispose()
})
