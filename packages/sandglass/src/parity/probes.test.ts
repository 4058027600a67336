import { type Backend, registerMissingGradients } from '@sandglass/core'
import { getGradient } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { registry } from './fixture'

const types = registry.list('backend').map(({ type }) => type)

// Not all can run on one machine: those that cannot fail here as they do for users, tfjs-node unbuilt among them.
test.each(types)('a probe of %s leaves every repaired gradient ours', async (type) => {
  const repaired = registerMissingGradients()
  const ours = repaired.map(getGradient)
  await (registry.build('backend', { type }) as Backend).probe()
  for (const [i, name] of repaired.entries()) expect(getGradient(name), name).toBe(ours[i])
})
