import { existsSync } from 'node:fs'
import { type FieldValues, type MemoryDataset, readField } from '@sandglass/core'
import { expect, test } from 'vitest'
import { fashionMnistClasses } from '../images/published'
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
    for (const label of readField(part, 'label').data) counts[label]++
    expect(counts).toEqual(Array(10).fill(perClass))
    expect(part.fields).toEqual({
      input: { shape: [28, 28], dtype: 'uint8' },
      label: { shape: [], dtype: 'uint8', classes: fashionMnistClasses },
    })
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
    expect([...readField(part, 'label').data]).toEqual(labels)
    expect(Buffer.compare(bytesOf(readField(part, 'input')), bytesOf(images))).toBe(0)
  }
  expect([full.train.size, full.validation!.size, full.test!.size]).toEqual([55000, 5000, 10000])
})

function bytesOf({ data }: FieldValues): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}

function firstOfEachClass(whole: MemoryDataset, perClass: number) {
  const left = new Array(10).fill(perClass)
  const classes = readField(whole, 'label').data
  const rows = [...classes.keys()].filter((row) => left[classes[row]!]-- > 0)
  return { images: readField(whole, 'input', rows), labels: rows.map((row) => classes[row]!) }
}
