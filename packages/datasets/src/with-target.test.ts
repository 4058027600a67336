import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { createDataset } from './create-dataset'
import { withTarget } from './with-target'

const dataset = createDataset('d', {
  input: { shape: [], data: Float32Array.of(1, 2) },
  label: { shape: [], data: Int32Array.of(0, 1) },
})

test('takes the target from a field or from outside', () => {
  expect(withTarget(dataset, 'label').fields.target!.data).toBe(dataset.fields.label!.data)
  const clean = { shape: [2], data: new Uint8Array(4) }
  const noisy = withTarget(dataset, clean)
  expect(noisy.fields.target!.data).toBe(clean.data)
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
