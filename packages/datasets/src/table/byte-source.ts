/** From (included) to (excluded). */
export type ByteRange = readonly [start: number, end: number]

/** Bytes that are read in pieces: of a file, or of what is in memory. */
export interface ByteSource {
  /** For messages. */
  readonly name: string
  readonly size: number
  /** The bytes of each range, in this order. A promise where they have to be read. */
  read(ranges: readonly ByteRange[]): Uint8Array[] | Promise<Uint8Array[]>
}

/** Bytes in memory; pieces share it. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    read: (ranges) => ranges.map(([start, end]) => bytes.subarray(start, end)),
  }
}

/** Read at a time when all is read. */
const PIECE = 2 ** 20

/** All bytes of a source, in order. `at` is where a piece begins. */
export async function* piecesOf(
  source: ByteSource,
  from = 0,
): AsyncGenerator<{ readonly at: number; readonly bytes: Uint8Array }> {
  for (let at = from; at < source.size; at += PIECE) {
    const [bytes] = await source.read([[at, Math.min(at + PIECE, source.size)]])
    yield { at, bytes: bytes! }
  }
}
