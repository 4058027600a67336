import { expectError } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import { runtime } from '../testing/parity'
import { allocate, allocateAs } from './buffers'

describe('a buffer', () => {
  test('is an array of zeros that its tensor shares', () => {
    const { data, tensor } = allocate(runtime, [2, 3])
    expect(data).toEqual(new Float32Array(6))
    expect([tensor.dims, tensor.data]).toEqual([[2, 3], data])
    expect(tensor.data).toBe(data)
    expect(allocate(runtime, []).data).toHaveLength(1)
  })

  test('has the array of its type', () => {
    expect(allocateAs(runtime, [2], 'int32').data).toEqual(new Int32Array(2))
    expect(allocateAs(runtime, [2], 'bool').data).toEqual(new Uint8Array(2))
  })

  test('that cannot be had says how large it would be', () => {
    expectError(() => allocate(runtime, [2 ** 20, 2 ** 20, 2 ** 12]), {
      code: 'backend',
      message: /not enough memory for an array of shape .*at least 1\.68e\+7 GiB.* smaller batches/,
    })
  })
})
