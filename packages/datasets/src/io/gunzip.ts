import { SandglassError } from '@sandglass/core'
import { collect } from './collect'

/** Whether bytes begin like a gzip file. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/**
 * Decompresses gzip data of at most `limit` bytes; stops as soon as there are more, so that a bomb costs no memory.
 *
 * Throws `SandglassError` (code `file`) for damaged or larger data.
 */
export async function gunzip(bytes: Uint8Array, limit: number, name = 'gzip data'): Promise<Uint8Array> {
  let out: Uint8Array | undefined
  try {
    const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()
    out = await collect(source.pipeThrough(new DecompressionStream('gzip')), limit)
  } catch (error) {
    throw new SandglassError('file', `${name}: damaged gzip data`, {
      got: error instanceof Error ? error.message : String(error),
      cause: error,
    })
  }
  if (!out)
    throw new SandglassError('file', `${name}: decompresses to more than it should`, {
      expected: `at most ${limit} bytes`,
    })
  return out
}
