import { describe, expect, test } from 'vitest'
import { graphOf } from '../testing/graphs'
import { memoryNeeded } from './memory'

const size = 100 // numbers: 400 bytes each
const shape = { x: [size] }

describe('the memory that a graph needs', () => {
  test('counts inputs and outputs throughout, and what lives between', () => {
    const chain = graphOf(shape, (build, { x }) => {
      let value = x!
      for (let i = 0; i < 5; i++) value = build.emit('Exp', [value], [size])
      return { y: value }
    })
    // x, y, and one in between: each may be made where the one before was.
    expect(memoryNeeded(chain)).toBe(3 * 400)
  })

  test('counts values that wait for their last reader', () => {
    const fork = graphOf(shape, (build, { x }) => {
      const early = [1, 2, 3].map(() => build.emit('Exp', [x!], [size]))
      return { y: early.reduce((a, b) => build.emit('Add', [a, b], [size])) }
    })
    expect(memoryNeeded(fork)).toBe(2 * 400 + 3 * 400)
  })

  test('does not count views twice, and constants whole', () => {
    const views = graphOf(shape, (build, { x }) => {
      const flat = build.emit('Reshape', [x!, build.ints([10, 10])], [10, 10])
      return { y: build.emit('Mul', [flat, build.constant([2], [10, 10])], [10, 10]) }
    })
    expect(memoryNeeded(views)).toBe(400 + 400 + 400 + 16)
  })
})
