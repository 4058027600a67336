import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

// safetensors has no checksum, so ours is the first entry of the metadata: the SHA-256 of the whole file with the
// digest's own digits as zeros. The second entry says that there is one, so that no single damaged byte can make a
// file of ours look like one without.
const DIGEST = 'sandglass.sha256'
const MARK = 'sandglass.checksum'
const opening = `{"__metadata__":{"${DIGEST}":"`
const zeros = '0'.repeat(64)
const start = 8 + opening.length
const end = start + zeros.length

/** Metadata of a file to be signed; the digest comes first and is filled in by `sign`. */
export function withChecksum(metadata: readonly [string, string][]): [string, string][] {
  return [[DIGEST, zeros], [MARK, 'sha256'], ...metadata]
}

/** Writes the digest into a whole file. */
export function sign(bytes: Uint8Array): void {
  bytes.set(new TextEncoder().encode(digest(bytes)), start)
}

/** Whether a file's metadata says that it has a checksum, and if so whether it is right. */
export function verify(
  bytes: Uint8Array,
  header: string,
  metadata: Readonly<Record<string, string>>,
): 'none' | 'right' | 'wrong' {
  if (metadata[DIGEST] === undefined && metadata[MARK] === undefined) return 'none'
  const found = metadata[DIGEST]
  const sound = header.startsWith(`${opening}${found}"`) && metadata[MARK] === 'sha256'
  return sound && digest(bytes) === found ? 'right' : 'wrong'
}

/** Metadata as the writer gave it. */
export function withoutChecksum(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const { [DIGEST]: _digest, [MARK]: _mark, ...rest } = metadata
  return rest
}

export function isChecksumKey(key: string): boolean {
  return key === DIGEST || key === MARK
}

function digest(bytes: Uint8Array): string {
  const hash = sha256.create()
  hash.update(bytes.subarray(0, start)).update(new TextEncoder().encode(zeros)).update(bytes.subarray(end))
  return bytesToHex(hash.digest())
}
