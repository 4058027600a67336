import { type DownloadOptions, type DownloadProgress, download } from '../io/download'
import type { PublishedFile, PublishedImages } from './published'
import type { Source } from './source'
import { sizeLimit } from './verify'

/** Progress of one of a dataset's files. */
export interface ImageProgress extends DownloadProgress {
  readonly dataset: string
  readonly file: string
}

export interface WebSourceOptions extends Omit<DownloadOptions, 'onProgress'> {
  /** Folders to download from instead of the publishers', https, ending in a slash. */
  urls?: readonly string[]
  onProgress?(progress: ImageProgress): void
}

/** The publishers' servers, one source each. `keep` may store what has proved right. */
export function webSources(
  images: PublishedImages,
  options: WebSourceOptions = {},
  keep?: Source['keep'],
): Source[] {
  const { urls = images.urls, onProgress, ...rest } = options
  return urls.map((base) => ({
    name: base,
    read: (file: PublishedFile) =>
      download(`${base}${file.name}.gz`, sizeLimit(file), {
        ...rest,
        onProgress: (progress) => onProgress?.({ ...progress, dataset: images.id, file: file.name }),
      }),
    keep,
  }))
}
