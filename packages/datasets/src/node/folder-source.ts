import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SandglassError } from '@sandglass/core'
import type { Published, PublishedFile } from '../images/published'
import type { Source } from '../images/source'
import { sizeLimit } from '../images/verify'
import { readFileCapped } from './read-file'

/**
 * A folder on disk. Files may be gzipped or raw, under their published names with or without `.gz`, in the folder or
 * in one named after the dataset within it.
 */
export function folderSource(images: Published, folder: string, label = folder): Source {
  return {
    name: label,
    read: async (file: PublishedFile) => {
      for (const path of candidates(images, file, folder))
        if (await exists(path)) return readFileCapped(path, sizeLimit(file))
      throw new SandglassError(
        'file',
        (await exists(folder)) ? 'no such file in the folder' : 'no such folder',
      )
    },
  }
}

function candidates({ id }: Published, { name }: PublishedFile, folder: string): string[] {
  // Some archives write train-images.idx3-ubyte.
  const dotted = name.replace('-idx', '.idx')
  return [join(folder, id), folder].flatMap((place) =>
    [name, `${name}.gz`, dotted, `${dotted}.gz`].map((file) => join(place, file)),
  )
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
