import type { MemoryDataset, Splits } from '@sandglass/core'
import { loadCifar10 } from '../images/cifar10'
import type { ImageOptions } from '../images/image-splits'
import { publishedCifar10 } from '../images/published'
import { FOLDER_ADVICE, type NodeSourceOptions, nodeSources } from './sources'

/**
 * CIFAR-10: 45,000 training, 5,000 validation and 10,000 test photographs as `input` `[32, 32, 3]` in [0, 1] with `label`.
 * Files are found as those of `fashionMnist`; what is downloaded is one archive of 170 MB.
 *
 * Throws `SandglassError` (code `file`) that lists what was tried.
 */
export async function cifar10({
  validation,
  ...sources
}: ImageOptions & NodeSourceOptions = {}): Promise<Splits<MemoryDataset>> {
  const search = { signal: sources.signal, advice: FOLDER_ADVICE }
  return loadCifar10(nodeSources(publishedCifar10, sources), { validation }, search)
}
