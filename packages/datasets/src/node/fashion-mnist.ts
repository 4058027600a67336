import type { MemoryDataset, Splits } from '@sandglass/core'
import { type FallbackOptions, loadImages, withExcerpt } from '../images/fashion-mnist'
import type { ImageOptions } from '../images/image-splits'
import { type PublishedImages, publishedFashionMnist, publishedMnist } from '../images/published'
import { FOLDER_ADVICE, type NodeSourceOptions, nodeSources } from './sources'

/**
 * Fashion-MNIST: 55,000 training, 5,000 validation and 10,000 test images as `input` `[28, 28]` in [0, 1] with `label`.
 * Looks in `folder`, SANDGLASS_DATA_DIR, the user's cache and /usr/share/datasets/fashion-mnist, then downloads to
 * the cache. Every file is verified by the SHA-256 of its decompressed bytes; one that is wrong is passed over.
 *
 * Throws `SandglassError` (code `file`) that lists what was tried, unless a fallback is given.
 */
export async function fashionMnist(
  options: ImageOptions & NodeSourceOptions & FallbackOptions = {},
): Promise<Splits<MemoryDataset>> {
  const { fallback, ...rest } = options
  const advice = `${FOLDER_ADVICE} The excerpt inside this package (fashionMnistExcerpt, or { fallback: 'excerpt' }) needs no files.`
  return withExcerpt(fallback, () => load(publishedFashionMnist, rest, advice))
}

/** MNIST's handwritten digits; otherwise as `fashionMnist`, with no fallback. */
export async function mnist(options: ImageOptions & NodeSourceOptions = {}): Promise<Splits<MemoryDataset>> {
  return load(publishedMnist, options, FOLDER_ADVICE)
}

async function load(
  images: PublishedImages,
  { validation, ...sources }: ImageOptions & NodeSourceOptions,
  advice: string,
): Promise<Splits<MemoryDataset>> {
  return loadImages(images, nodeSources(images, sources), { validation }, { signal: sources.signal, advice })
}
