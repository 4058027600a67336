import { expect, test } from 'vitest'
import { fans } from './fans'
import golden from './initializers.golden.json'

test.each(golden.fans)('of $shape as in Keras', ({ shape, fans: [fanIn, fanOut] }) => {
  expect(fans(shape)).toEqual({ fanIn, fanOut })
})
