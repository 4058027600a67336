import type { MemoryDataset, Splits } from '@sandglass/core'
import { imageDataset } from '../images/image-splits'
import { publishedFashionMnist } from '../images/published'
import { gunzip } from '../io/gunzip'

/** Images of each part; a tenth of each class. */
const SIZES = { train: 1600, validation: 200, test: 200 } as const

/**
 * 2,000 real images of Fashion-MNIST that come with this package, as many of each class: 1,600 for training and 200
 * for validation (the first of each class among the first 55,000 and the last 5,000 of the training set), and 200 of
 * the test set. `input` `[28, 28]` in [0, 1], `label` 0…9.
 *
 * It shows that things work; figures from it do not compare with published ones.
 */
export async function fashionMnistExcerpt(): Promise<Splits<MemoryDataset>> {
  // Two modules, so that neither is too large for editors and linters.
  const [{ default: training }, { default: heldOut }] = await Promise.all([
    import('./train.json'),
    import('./held-out.json'),
  ])
  const [train, validation, test] = await Promise.all([
    part('train', training.train),
    part('validation', heldOut.validation),
    part('test', heldOut.test),
  ])
  const { title, credit } = publishedFashionMnist
  return {
    train,
    validation,
    test,
    provenance:
      `an excerpt of ${title} (${credit}): 1,600 training, 200 validation and 200 test images, ` +
      'not the full set, so figures do not compare with published ones',
  }
}

async function part(
  name: keyof typeof SIZES,
  stored: { images: string; labels: string },
): Promise<MemoryDataset> {
  const [images, labels] = await Promise.all([
    gunzip(decode(stored.images), 16 + 784 * SIZES[name]),
    gunzip(decode(stored.labels), 8 + SIZES[name]),
  ])
  return imageDataset(`fashion-mnist excerpt ${name}`, images, labels, publishedFashionMnist.classes)
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
