import {
  createDataset,
  derive,
  type MemoryDataset,
  SandglassError,
  type Splits,
  showShape,
} from '@sandglass/core'
import { parseIdx } from '../idx/parse-idx'
import { take } from '../take'
import type { PublishedImages } from './published'
import type { ImageFiles } from './source'

export interface ImageOptions {
  /** How many images at the end of the training set validate instead. Default 5,000, as in the textbook; 0 for none. */
  validation?: number
}

/**
 * Images as bytes: `input` `[height, width]` scaled to [0, 1], `label` `[]`. The last images of the training set
 * validate.
 */
export function imageSplits(
  images: Pick<PublishedImages, 'id' | 'title' | 'credit' | 'classes'>,
  files: ImageFiles,
  places: readonly string[],
  options: ImageOptions = {},
): Splits<MemoryDataset> {
  const training = imageDataset(`${images.id} train`, files.trainImages, files.trainLabels, images.classes)
  const test = imageDataset(`${images.id} test`, files.testImages, files.testLabels, images.classes)
  return heldBack(images, training, test, places, options)
}

/** Training and test images, of which the last training images validate. */
export function heldBack(
  images: Pick<PublishedImages, 'id' | 'title' | 'credit'>,
  training: MemoryDataset,
  test: MemoryDataset,
  places: readonly string[],
  { validation = 5000 }: ImageOptions = {},
): Splits<MemoryDataset> {
  if (!Number.isSafeInteger(validation) || validation < 0 || validation >= training.size)
    throw new SandglassError('data', `${images.title}: cannot hold back so many images for validation`, {
      got: String(validation),
      expected: `a whole number from 0 to ${training.size - 1}`,
    })
  const cut = training.size - validation
  const provenance =
    `${images.title} (${images.credit}): ${cut.toLocaleString('en')} training, ${validation.toLocaleString('en')} ` +
    `validation and ${test.size.toLocaleString('en')} test images, verified by SHA-256, from ${places.join(' and ')}`
  return validation === 0
    ? { train: training, test, provenance }
    : {
        train: take(training, cut),
        validation: rename(take(training, { start: cut }), `${images.id} validation`),
        test,
        provenance,
      }
}

/** Images and their classes from two IDX files of bytes; `classes` are the names of the classes. */
export function imageDataset(
  name: string,
  imageFile: Uint8Array,
  labelFile: Uint8Array,
  classes?: readonly string[],
): MemoryDataset {
  const pictures = parseIdx(imageFile, `${name} images`)
  const labels = parseIdx(labelFile, `${name} labels`)
  if (pictures.shape.length !== 3 || labels.shape.length !== 1 || !(pictures.data instanceof Uint8Array))
    throw new SandglassError('file', `${name}: not images and their labels`, {
      got: `arrays of shape ${showShape(pictures.shape)} and ${showShape(labels.shape)}`,
      expected: '[size, height, width] bytes and [size]',
    })
  return createDataset(name, {
    input: { shape: pictures.shape.slice(1), data: pictures.data, scale: 1 / 255 },
    label: { shape: [], data: labels.data, classes },
  })
}

function rename(dataset: MemoryDataset, name: string): MemoryDataset {
  return derive(dataset, { name, fields: dataset.fields, see: (batch) => batch })
}
