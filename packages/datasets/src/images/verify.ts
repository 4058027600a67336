import { SandglassError } from '@sandglass/core'
import { gunzip, isGzip } from '../io/gunzip'
import { sha256 } from '../io/sha256'
import type { PublishedFile } from './published'

/** The most bytes that a file may take as it comes, compressed or not: gzip adds little to what it cannot compress. */
export function sizeLimit(file: PublishedFile): number {
  return file.bytes + Math.ceil(file.bytes / 100) + 1024
}

/**
 * The decompressed bytes of a published file, from gzip or raw bytes. Throws `SandglassError` (code `file`) unless
 * length and SHA-256 are those published.
 */
export async function verifyPublished(bytes: Uint8Array, file: PublishedFile): Promise<Uint8Array> {
  const raw = isGzip(bytes) ? await gunzip(bytes, file.bytes, file.name) : bytes
  if (raw.length !== file.bytes)
    throw new SandglassError('file', `${file.name}: wrong length`, {
      got: `${raw.length} bytes`,
      expected: `${file.bytes}`,
    })
  const hash = await sha256(raw)
  if (hash !== file.sha256)
    throw new SandglassError('file', `${file.name}: not the published data`, {
      got: `SHA-256 ${hash}`,
      expected: file.sha256,
    })
  return raw
}
