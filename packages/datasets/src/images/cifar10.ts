import { createDataset, type MemoryDataset, SandglassError, type Splits } from '@sandglass/core'
import { heldBack, type ImageOptions } from './image-splits'
import { publishedCifar10 } from './published'
import { findFiles, type Source } from './source'
import { type WebSourceOptions, webSources } from './web-source'

/**
 * CIFAR-10 over https, for browsers: 45,000 training, 5,000 validation and 10,000 test photographs as `input`
 * `[32, 32, 3]` in [0, 1] with `label`. Browsers may read the publisher's archive only from a server that allows it: name
 * one in `urls`. `@sandglass/datasets/node` has one that looks on disk first.
 *
 * Throws `SandglassError` (code `file`) that lists the addresses tried.
 */
export async function cifar10({
  validation,
  ...web
}: ImageOptions & WebSourceOptions = {}): Promise<Splits<MemoryDataset>> {
  return loadCifar10(webSources(publishedCifar10, web), { validation }, { signal: web.signal })
}

const EXTENT = 32
const PIXELS = EXTENT * EXTENT
const CHANNELS = 3
const RECORD = 1 + PIXELS * CHANNELS

/** Finds, verifies and parses CIFAR-10's files. */
export async function loadCifar10(
  sources: readonly Source[],
  options: ImageOptions,
  search: { signal?: AbortSignal; advice?: string } = {},
): Promise<Splits<MemoryDataset>> {
  const { files, places } = await findFiles(publishedCifar10, sources, search)
  const { test, ...training } = files
  return heldBack(
    publishedCifar10,
    cifar10Dataset('cifar10 train', Object.values(training)),
    cifar10Dataset('cifar10 test', [test]),
    places,
    options,
  )
}

/**
 * Images `input` `[32, 32, 3]` scaled to [0, 1] with `label` `[]`, from files of records that have a byte for the class
 * and then a plane for each colour. Throws `SandglassError` (code `file`) unless files consist of such records.
 */
export function cifar10Dataset(name: string, files: readonly Uint8Array[]): MemoryDataset {
  const odd = files.find(({ length }) => length === 0 || length % RECORD)
  if (odd)
    throw new SandglassError('file', `${name}: not records of images and their classes`, {
      got: `${odd.length} bytes`,
      expected: `a multiple of ${RECORD}`,
    })
  const size = files.reduce((sum, { length }) => sum + length / RECORD, 0)
  const labels = new Uint8Array(size)
  const data = new Uint8Array(size * PIXELS * CHANNELS)
  let image = 0
  for (const file of files)
    for (let at = 0; at < file.length; at += RECORD, image++) {
      labels[image] = file[at]!
      const to = image * PIXELS * CHANNELS
      for (let channel = 0; channel < CHANNELS; channel++) {
        const plane = at + 1 + channel * PIXELS
        for (let i = 0; i < PIXELS; i++) data[to + i * CHANNELS + channel] = file[plane + i]!
      }
    }
  return createDataset(name, {
    input: { shape: [EXTENT, EXTENT, CHANNELS], data, scale: 1 / 255 },
    label: { shape: [], data: labels, classes: publishedCifar10.classes },
  })
}
