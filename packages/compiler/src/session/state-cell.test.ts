import { describe, expect, test } from 'vitest'
import { runtime } from '../testing/parity'
import type { RuntimeTensor } from './runtime'
import { createStateCell } from './state-cell'

const made = (...values: number[]) =>
  new runtime.Tensor('float32', Float32Array.from(values), [values.length])

describe('state in place', () => {
  test('is read from one array and written to another, until it is accepted', () => {
    const cell = createStateCell(runtime, [2])
    cell.write(Float32Array.of(1, 2))
    const [front, back] = [cell.current(), cell.target()!]
    ;(back.data as Float32Array).set([3, 4])
    expect(Array.from(cell.current().data as Float32Array)).toEqual([1, 2])
    cell.accept(back)
    expect([cell.current(), cell.target()]).toEqual([back, front])
    expect(Array.from(cell.current().data as Float32Array)).toEqual([3, 4])
    cell.dispose()
  })
})

describe('state that steps return', () => {
  test('is whatever was accepted last, and older ones are disposed', () => {
    const cell = createStateCell(runtime, [2], { state: 'returned' })
    expect(cell.target()).toBeUndefined()
    const gone: string[] = []
    const tracked = (name: string): RuntimeTensor => ({
      data: Float32Array.of(1, 2),
      dims: [2],
      dispose: () => gone.push(name),
    })
    const [a, b] = [tracked('a'), tracked('b')]
    cell.accept(a)
    cell.accept(a)
    expect(gone).toEqual([])
    cell.accept(b)
    expect([cell.current(), gone]).toEqual([b, ['a']])
    cell.write(Float32Array.of(5, 6))
    expect(Array.from(cell.current().data as Float32Array)).toEqual([5, 6])
    expect(gone).toEqual(['a', 'b'])
  })

  test('must fit', () => {
    const cell = createStateCell(runtime, [2], { state: 'gpu-buffer' })
    expect(() => cell.accept(made(1, 2, 3))).toThrow('a step made [3] of a state of [2]')
    expect(() => cell.write(Float32Array.of(1))).toThrow(RangeError)
  })
})
