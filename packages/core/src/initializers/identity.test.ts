import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { core } from '../plugin-core'
import { createStreams } from '../random/streams'
import { createRegistry } from '../registry'
import { identity } from './identity'

const build = (gain?: number) => createRegistry([core]).build('initializer', identity({ gain }))
const stream = createStreams(0).at('w')

test('has the gain on the diagonal of matrices, square or not', () => {
  expect([...build()([2, 2], stream)]).toEqual([1, 0, 0, 1])
  expect([...build(-2)([3, 2], stream)]).toEqual([-2, 0, 0, -2, 0, 0])
  expect([...build(3)([2, 3], stream)]).toEqual([3, 0, 0, 0, 3, 0])
})

test.each([[[4]], [[2, 2, 2]]])('refuses the shape %j', (shape) => {
  expectError(() => build()(shape, stream), {
    code: 'shape',
    message: /the identity initializer makes matrices\. Got shape \[.*\]; expected two axes\./,
  })
})
