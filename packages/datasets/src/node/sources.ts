import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '@sandglass/core/node'
import envPaths from 'env-paths'
import type { Published } from '../images/published'
import type { Source } from '../images/source'
import { type WebSourceOptions, webSources } from '../images/web-source'
import { folderSource } from './folder-source'

export interface NodeSourceOptions extends WebSourceOptions {
  /** Looked in first. */
  folder?: string
  /** Where downloads are kept. Default: `sandglass` in the user's cache (XDG_CACHE_HOME, ~/Library/Caches, LOCALAPPDATA). */
  cacheDir?: string
  /** Folder into which operating systems install datasets. Default /usr/share/datasets, as Debian does. */
  systemDir?: string
  /** Whether to download what is not on disk. Default true. */
  download?: boolean
  /** Called when a download could be used but not kept. */
  onCacheError?(error: unknown): void
}

/** The variable that names a folder of datasets. */
export const DATA_DIR_VARIABLE = 'SANDGLASS_DATA_DIR'

/** Where downloads are kept unless told otherwise. */
export function defaultCacheDir(): string {
  return join(envPaths('sandglass', { suffix: '' }).cache, 'datasets')
}

/**
 * Sources in the order in which they are tried: `folder`, SANDGLASS_DATA_DIR, the cache, the system's folder, the
 * publishers over https. What was downloaded and proved right is written to the cache atomically.
 */
export function nodeSources(images: Published, options: NodeSourceOptions = {}): Source[] {
  const {
    folder,
    cacheDir = defaultCacheDir(),
    systemDir = '/usr/share/datasets',
    download = true,
    ...web
  } = options
  const { onCacheError, ...webOptions } = web
  const variable = process.env[DATA_DIR_VARIABLE]
  const cache = join(cacheDir, images.id)
  const keep: Source['keep'] = async (file, bytes) => {
    try {
      await mkdir(cache, { recursive: true })
      await writeFileAtomic(join(cache, `${file.name}.gz`), bytes)
    } catch (error) {
      onCacheError?.(error)
    }
  }
  return [
    ...(folder ? [folderSource(images, folder, `the folder ${folder}`)] : []),
    ...(variable ? [folderSource(images, variable, `${DATA_DIR_VARIABLE}=${variable}`)] : []),
    folderSource(images, cache, `the cache ${cache}`),
    folderSource(images, join(systemDir, images.id)),
    ...(download ? webSources(images, webOptions, keep) : []),
  ]
}

/** What people are told when nothing was found. */
export const FOLDER_ADVICE = `Name the folder with { folder } or in the environment variable ${DATA_DIR_VARIABLE}.`
