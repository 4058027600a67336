import { expect, test } from 'vitest'
import { freezeDeep } from './spec'

test('freezeDeep freezes all that a spec contains', () => {
  const spec = freezeDeep({ type: 'a', list: [{ type: 'b', shape: [1, 2] }], option: { n: null } })
  expect(() => Object.assign(spec, { type: 'c' })).toThrow(TypeError)
  expect(() => (spec.list[0]!.shape as number[]).push(3)).toThrow(TypeError)
  expect(() => Object.assign(spec.option, { n: 1 })).toThrow(TypeError)
  expect(spec).toEqual({ type: 'a', list: [{ type: 'b', shape: [1, 2] }], option: { n: null } })
})

test('freezeDeep leaves typed arrays, which cannot be frozen', () => {
  const data = new Float32Array(2)
  expect(freezeDeep({ type: 'a', data }).data).toBe(data)
  data[0] = 1
  expect(data[0]).toBe(1)
})
