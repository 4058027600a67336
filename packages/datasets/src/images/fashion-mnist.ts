import { isSandglassError, type MemoryDataset, type Splits } from '@sandglass/core'
import { type ImageOptions, imageSplits } from './image-splits'
import { type PublishedImages, publishedFashionMnist, publishedMnist } from './published'
import { findFiles, type Source } from './source'
import { type WebSourceOptions, webSources } from './web-source'

export interface FallbackOptions {
  /** `excerpt` takes the excerpt inside this package when the full set cannot be had; `standIn` then says why. */
  fallback?: 'excerpt'
}

/**
 * Fashion-MNIST from its publisher over https, for browsers: 55,000 training, 5,000 validation and 10,000 test images
 * as `input` `[28, 28]` in [0, 1] with `label`. `@sandglass/datasets/node` has one that looks on disk first.
 *
 * Throws `SandglassError` (code `file`) that lists the addresses tried, unless a fallback is given.
 */
export async function fashionMnist(
  options: ImageOptions & WebSourceOptions & FallbackOptions = {},
): Promise<Splits<MemoryDataset>> {
  const { validation, fallback, ...web } = options
  return withExcerpt(fallback, () =>
    loadImages(
      publishedFashionMnist,
      webSources(publishedFashionMnist, web),
      { validation },
      { signal: web.signal },
    ),
  )
}

/** MNIST's handwritten digits over https, for browsers; otherwise as `fashionMnist`, with no fallback. */
export async function mnist({
  validation,
  ...web
}: ImageOptions & WebSourceOptions = {}): Promise<Splits<MemoryDataset>> {
  return loadImages(publishedMnist, webSources(publishedMnist, web), { validation }, { signal: web.signal })
}

/** Finds, verifies and parses the files of a dataset. */
export async function loadImages(
  images: PublishedImages,
  sources: readonly Source[],
  options: ImageOptions,
  search: { signal?: AbortSignal; advice?: string } = {},
): Promise<Splits<MemoryDataset>> {
  const { files, places } = await findFiles(images, sources, search)
  return imageSplits(images, files, places, options)
}

/** Runs `load`; when it finds no data and the caller asked for it, takes the embedded excerpt, as a stand-in. */
export async function withExcerpt(
  fallback: 'excerpt' | undefined,
  load: () => Promise<Splits<MemoryDataset>>,
): Promise<Splits<MemoryDataset>> {
  try {
    return await load()
  } catch (error) {
    if (fallback !== 'excerpt' || !isSandglassError(error) || error.code !== 'file') throw error
    const { fashionMnistExcerpt } = await import('../excerpt/fashion-mnist-excerpt')
    const standIn = { advice: publishedFashionMnist.offline, reason: error.details.got ?? error.message }
    return { ...(await fashionMnistExcerpt()), standIn }
  }
}
