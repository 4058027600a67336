import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { SandglassError } from '@sandglass/core'
import type { ByteSource } from '../table/byte-source'

/**
 * A file that is read in pieces. It is open while pieces are read, and not in between. Rejects with `SandglassError`
 * (`file`) when it cannot be read, or has changed since.
 */
export async function fileSource(path: string): Promise<ByteSource> {
  const { size, mtimeMs } = await withFile(path, (file) => file.stat())
  return {
    name: basename(path),
    size,
    read: (ranges) =>
      withFile(path, async (file) => {
        const now = await file.stat()
        if (now.size !== size || now.mtimeMs !== mtimeMs)
          throw new SandglassError('file', `${path} has changed while it was in use`, {
            got: `${now.size} bytes`,
            expected: `the ${size} bytes that it had`,
            advice: 'Begin anew with the file as it is.',
          })
        return Promise.all(
          ranges.map(async ([start, end]) => {
            const { buffer, bytesRead } = await file.read(new Uint8Array(end - start), 0, end - start, start)
            if (bytesRead === end - start) return buffer
            throw new SandglassError('file', `${path} ends before it should`, {
              got: `${start + bytesRead} bytes`,
            })
          }),
        )
      }),
  }
}

async function withFile<Result>(
  path: string,
  work: (file: Awaited<ReturnType<typeof open>>) => Promise<Result>,
): Promise<Result> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new SandglassError('file', `${path} cannot be read`, {
      got: error.code === 'ENOENT' ? 'no such file' : error.message,
      cause: error,
    })
  })
  try {
    return await work(file)
  } finally {
    await file.close()
  }
}
