import { constants, open } from 'node:fs/promises'
import { SandglassError } from '../errors'
import { fileError } from './file-error'

/**
 * The whole of an ordinary file. Throws `SandglassError` (`file`) when it is missing, may not be read, or is no
 * ordinary file (a pipe or device might never end).
 */
export async function readWholeFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array<ArrayBuffer> | undefined
  try {
    // Without O_NONBLOCK, opening a pipe would wait for a writer.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      if ((await handle.stat()).isFile()) bytes = await handle.readFile()
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw fileError(`${path} cannot be read`, error)
  }
  if (!bytes)
    throw new SandglassError('file', `${path} cannot be read`, {
      got: 'something that is no ordinary file',
      expected: 'a file',
      advice: 'Give the path of a file.',
    })
  return bytes
}
