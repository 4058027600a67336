import { expect, test } from 'vitest'
import { SandglassError } from './errors'
import { layerNamedIn, nameLayer } from './layer-error'

test('an error says which layer it came from, the innermost one', () => {
  const error = new RangeError('too big')
  nameLayer(error, { path: 'encoder/1/layer', type: 'dense' })
  nameLayer(error, { path: 'encoder/1', type: 'timeDistributed' })
  expect(error.message).toBe('too big (in encoder/1/layer, dense)')
  expect(error).toBeInstanceOf(RangeError)
  expect(layerNamedIn(error)).toBe('encoder/1/layer, dense')
})

test('typed errors, things that are no errors and frozen ones are left alone', () => {
  const typed = new SandglassError('shape', 'it does not fit')
  nameLayer(typed, { path: 'encoder/0' })
  expect(typed.message).toBe('it does not fit.')
  expect(layerNamedIn(typed)).toBeUndefined()
  nameLayer('text', { path: 'encoder/0' })
  const frozen = Object.freeze(new Error('hard'))
  nameLayer(frozen, { path: 'encoder/0' })
  expect(frozen.message).toBe('hard')
  expect(layerNamedIn(frozen)).toBe('encoder/0')
})
