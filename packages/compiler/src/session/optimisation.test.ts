import { expect, test } from 'vitest'
import type { Builder } from '../graph/builder'
import type { Value } from '../graph/graph'
import { graphOf } from '../testing/graphs'
import { optimisationFor } from './optimisation'

function chain(length: number, also?: (b: Builder, x: Value) => void) {
  return graphOf({ x: [1, 1, 4, 4], w: [1, 1, 1, 1] }, (b, { x }) => {
    let y = x!
    for (let i = 0; i < length; i++) y = b.emit('Tanh', [y], y.shape)
    also?.(b, y)
    return { y }
  })
}

test('ONNX Runtime optimises small graphs', () => {
  expect(optimisationFor(chain(10))).toBe('all')
})

test('and leaves long ones as they are, unless they have convolutions to lay out', () => {
  expect(optimisationFor(chain(2000))).toBe('disabled')
  expect(optimisationFor(chain(2000, (b, x) => b.emit('Conv', [x, x], x.shape)))).toBe('all')
})
