import { expect, test } from 'vitest'
import { corruptions, defaultRegistry, dropout, gaussianNoise } from './node/index'

test('layers and corruptions of the same name are told apart', () => {
  const registry = defaultRegistry()
  expect(registry.parse('layer', dropout({ rate: 0.5 })).type).toBe('dropout')
  expect(registry.parse('layer', gaussianNoise({ stddev: 0.1 })).type).toBe('gaussianNoise')
  for (const type of Object.keys(corruptions)) expect(registry.has('corruption', type)).toBe(true)
})
