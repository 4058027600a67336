import { stat } from 'node:fs/promises'
import { SandglassError } from '@sandglass/core'
import { readWholeFile } from '@sandglass/core/node'

/** A whole file of at most `limit` bytes. Throws `SandglassError` (code `file`) when it is missing or larger. */
export async function readFileCapped(path: string, limit: number): Promise<Uint8Array> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  )
  if (size > limit)
    throw new SandglassError('file', `${path} is larger than it should be`, {
      got: `${size} bytes`,
      expected: `at most ${limit}`,
    })
  return readWholeFile(path)
}
