import { type DownloadOptions, type DownloadProgress, download } from '../io/download'
import { archiveSource } from './archive-source'
import type { Published } from './published'
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
  images: Published,
  options: WebSourceOptions = {},
  keep?: Source['keep'],
): Source[] {
  const { urls = images.urls, onProgress, ...rest } = options
  const fetchFile = (url: string, file: string, limit: number) =>
    download(url, limit, {
      ...rest,
      onProgress: (progress) => onProgress?.({ ...progress, dataset: images.id, file }),
    })
  return urls.map((base) =>
    images.archive
      ? { ...archiveSource(images, base, (file, limit) => fetchFile(`${base}${file}`, file, limit)), keep }
      : { name: base, read: (file) => fetchFile(`${base}${file.name}.gz`, file.name, sizeLimit(file)), keep },
  )
}
