import { existsSync } from 'node:fs'
import type { Dataset } from '@sandglass/core'
import { expect, test } from 'vitest'
import { fashionMnist } from '../node/fashion-mnist'
import { fashionMnistExcerpt } from './fashion-mnist-excerpt'

test('balanced parts of 28 × 28 bytes, and a provenance that says what it is', async () => {
  const { train, validation, test: held, provenance } = await fashionMnistExcerpt()
  for (const [part, perClass] of [
    [train, 160],
    [validation!, 20],
    [held!, 20],
  ] as const) {
    const counts = new Array(10).fill(0)
    for (const label of part.fields.label!.data) counts[label]++
    expect(counts).toEqual(Array(10).fill(perClass))
    expect(part.fields.input).toMatchObject({ shape: [28, 28], scale: 1 / 255 })
    expect(part.fields.input!.data).toBeInstanceOf(Uint8Array)
  }
  expect(provenance).toContain('excerpt of Fashion-MNIST (Zalando Research, MIT licence)')
  expect(provenance).toContain('not the full set')
})

const required = (process.env.SANDGLASS_REQUIRE ?? '').split(',').includes('fashion-mnist')
const installed = existsSync('/usr/share/datasets/fashion-mnist') || Boolean(process.env.SANDGLASS_DATA_DIR)

test.skipIf(!installed && !required)('is the first images of each class of the full set', async () => {
  const full = await fashionMnist({ download: false })
  const excerpt = await fashionMnistExcerpt()
  for (const [part, whole] of [
    [excerpt.train, full.train],
    [excerpt.validation!, full.validation!],
    [excerpt.test!, full.test!],
  ] as const) {
    const { images, labels } = firstOfEachClass(whole, part.size / 10)
    expect(Buffer.from(part.fields.label!.data)).toEqual(Buffer.from(labels))
    expect(Buffer.compare(Buffer.from(part.fields.input!.data), Buffer.concat(images))).toBe(0)
  }
  expect([full.train.size, full.validation!.size, full.test!.size]).toEqual([55000, 5000, 10000])
})

function firstOfEachClass(whole: Dataset, perClass: number) {
  const left = new Array(10).fill(perClass)
  const images: Uint8Array[] = []
  const labels: number[] = []
  for (const [i, label] of whole.fields.label!.data.entries()) {
    if (left[label]-- <= 0) continue
    labels.push(label)
    images.push(whole.fields.input!.data.subarray(i * 784, (i + 1) * 784) as Uint8Array)
  }
  return { images, labels }
}
