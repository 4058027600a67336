import { createDataset, readField } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { withTarget } from './with-target'

const dataset = createDataset('d', {
  input: { shape: [], data: Float32Array.of(1, 2) },
  label: { shape: [], data: Int32Array.of(0, 1) },
})

test('takes the target from a field or from outside', () => {
  expect(readField(withTarget(dataset, 'label'), 'target')).toEqual(readField(dataset, 'label'))
  const clean = { shape: [2], data: Uint8Array.of(1, 2, 3, 4) }
  const noisy = withTarget(dataset, clean)
  expect([...readField(noisy, 'target', [1]).data]).toEqual([3, 4])
  expect([...readField(noisy.select([1, 1, 0]), 'target').data]).toEqual([3, 4, 3, 4, 1, 2])
  expect(Object.keys(noisy.batch([0]).fields)).toEqual(['input', 'label', 'target'])
})

test('refuses unknown fields and targets of another size', () => {
  expectError(() => withTarget(dataset, 'clean'), {
    code: 'data',
    message: /dataset "d" has no field "clean". Expected one of input, label/,
  })
  expectError(() => withTarget(dataset, { shape: [], data: new Uint8Array(3) }), {
    message: /fields differ in size/,
  })
})
