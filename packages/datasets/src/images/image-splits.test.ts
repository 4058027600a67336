import { readField } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { testImages } from '../node/test-images'
import { imageDataset, imageSplits } from './image-splits'
import type { ImageFiles } from './source'

const { images, raw } = testImages()
const files = Object.fromEntries(
  Object.entries(images.files).map(([key, { name }]) => [key, new Uint8Array(raw[name]!)]),
) as ImageFiles

test('the last training images validate; bytes become numbers in [0, 1] in batches', () => {
  const {
    train,
    validation,
    test: held,
    provenance,
  } = imageSplits(images, files, ['a', 'b'], { validation: 3 })
  expect([train.size, validation!.size, held!.size]).toEqual([7, 3, 4])
  expect(train.fields.input).toEqual({ shape: [2, 3], dtype: 'uint8' })
  expect([...readField(validation!, 'label').data]).toEqual([8, 9, 0])
  const out = new Float32Array(6)
  validation!.batch([0]).fill('input', out)
  expect([...out]).toEqual([2, 3, 4, 5, 6, 7].map((byte) => Math.fround(byte / 255)))
  expect(provenance).toBe(
    'Tiny (nobody): 7 training, 3 validation and 4 test images, verified by SHA-256, from a and b',
  )
  expect([train.name, validation!.name]).toEqual(['tiny train', 'tiny validation'])
  expect(imageSplits(images, files, [], { validation: 0 })).not.toHaveProperty('validation')
})

test.each([10, -1, 2.5])('refuses to hold back %s images', (validation) => {
  expectError(() => imageSplits(images, files, [], { validation }), {
    code: 'data',
    message:
      /Tiny: cannot hold back so many images for validation. Got .*; expected a whole number from 0 to 9/,
  })
})

test('refuses files in each other’s place', () => {
  expectError(() => imageDataset('x', files.trainLabels, files.trainImages), {
    code: 'file',
    message:
      /x: not images and their labels. Got arrays of shape \[10\] and \[10, 2, 3\]; expected \[size, height, width\]/,
  })
  expectError(() => imageDataset('x', files.trainImages, files.testLabels), {
    code: 'data',
    message: /fields differ in size/,
  })
})
