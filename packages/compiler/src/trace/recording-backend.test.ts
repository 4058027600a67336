import { expectError } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import { makeValue } from '../graph/graph'
import { RecordingBackend } from './recording-backend'

describe('the recording backend', () => {
  test('holds values in place of data, until they are disposed', () => {
    const backend = new RecordingBackend()
    const value = makeValue([2, 3], 'float32')
    const info = backend.track(value, 'float32')
    expect(info).toMatchObject({ shape: [2, 3], dtype: 'float32' })
    expect(backend.traced(info)).toBe(value)
    expect(backend.numDataIds()).toBe(1)
    expect(backend.disposeData(info.dataId)).toBe(true)
    expect(backend.numDataIds()).toBe(0)
    expect(backend.disposeData(info.dataId)).toBe(true)
  })

  test('makes constants of what is written', () => {
    const backend = new RecordingBackend()
    const of = (values: number[]) => {
      const dataId = backend.write(Float32Array.from(values), [values.length], 'float32')
      return backend.traced({ dataId, shape: [values.length], dtype: 'float32' }).constant
    }
    expect(of([1, 2])).toEqual([1, 2])
    expect(of([3, 3, 3])).toEqual([3])
    expect(of([Number.NaN, Number.NaN])).toEqual([Number.NaN])
    expect(of([0, -0])).toEqual([0, -0])
    expect(of([])).toEqual([])
    const dataId = {}
    backend.move(dataId, Uint8Array.of(1, 0), [2], 'bool')
    expect(backend.traced({ dataId, shape: [2], dtype: 'bool' })).toMatchObject({
      dtype: 'bool',
      constant: [1, 0],
    })
  })

  test('notices tensors that are seen in another shape', () => {
    const backend = new RecordingBackend()
    const { dataId } = backend.track(makeValue([2, 3], 'float32'), 'float32')
    expect(() => backend.traced({ dataId, shape: [6], dtype: 'float32' })).toThrow(/\[2,3\] seen as \[6\]/)
  })

  test('has nothing to read', async () => {
    const backend = new RecordingBackend()
    expectError(() => backend.readSync(), { code: 'backend', message: /was read while/ })
    await expectError(() => backend.read(), { code: 'backend', message: /was read while/ })
    expectError(() => backend.traced({ dataId: {}, shape: [], dtype: 'float32' }), {
      code: 'backend',
      message: /from another backend/,
    })
  })

  test('says of itself what tfjs asks', () => {
    const backend = new RecordingBackend()
    expect([
      backend.floatPrecision(),
      backend.epsilon(),
      backend.refCount(),
      backend.timerAvailable(),
    ]).toEqual([32, 1e-7, 1, true])
    expect(backend.memory()).toEqual({ unreliable: true })
  })
})
