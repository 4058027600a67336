import { SandglassError, type Shape, showShape, type TypedArray } from '@sandglass/core'

export interface IdxArray {
  /** All extents, the number of samples first. */
  readonly shape: Shape
  readonly data: TypedArray
}

/** By type code: bytes per element, and how a whole array is read. */
const TYPES: Readonly<Record<number, { size: number; read(view: DataView, length: number): TypedArray }>> = {
  8: { size: 1, read: (view, n) => new Uint8Array(view.buffer, view.byteOffset, n) },
  9: { size: 1, read: (view, n) => Int32Array.from({ length: n }, (_, i) => view.getInt8(i)) },
  11: { size: 2, read: (view, n) => Int32Array.from({ length: n }, (_, i) => view.getInt16(2 * i)) },
  12: { size: 4, read: (view, n) => Int32Array.from({ length: n }, (_, i) => view.getInt32(4 * i)) },
  13: { size: 4, read: (view, n) => Float32Array.from({ length: n }, (_, i) => view.getFloat32(4 * i)) },
  14: { size: 8, read: (view, n) => Float32Array.from({ length: n }, (_, i) => view.getFloat64(8 * i)) },
}

/** More than any dataset has; bounds the header. */
const MAX_RANK = 8

/**
 * Parses an IDX file, the format of MNIST (big-endian: two zero bytes, element type, rank, extents as uint32, data).
 * Bytes are not copied; 8- and 16-bit integers widen to int32 and doubles narrow to float32.
 *
 * Throws `SandglassError` (code `file`) unless the header is well formed and the file exactly as long as it says; it
 * is checked before anything is allocated.
 */
export function parseIdx(bytes: Uint8Array, name = 'IDX file'): IdxArray {
  const fail = (what: string, got: string, expected: string) =>
    new SandglassError('file', `${name}: ${what}`, { got, expected })
  if (bytes.length < 4) throw fail('truncated header', `${bytes.length} bytes`, 'at least 4')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const type = TYPES[bytes[2]!]
  if (bytes[0] !== 0 || bytes[1] !== 0 || !type)
    throw fail(
      'not an IDX file',
      `a file that begins with ${[...bytes.subarray(0, 4)].map((b) => b.toString(16).padStart(2, '0')).join(' ')}`,
      '00 00, then an element type (08, 09, 0b, 0c, 0d or 0e) and the rank',
    )
  const rank = bytes[3]!
  if (rank < 1 || rank > MAX_RANK) throw fail('unusable rank', String(rank), `1 to ${MAX_RANK}`)
  const header = 4 + 4 * rank
  if (bytes.length < header) throw fail('truncated header', `${bytes.length} bytes`, `at least ${header}`)
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i))
  const length = shape.reduce((product, extent) => product * extent, 1)
  if (length === 0) throw fail('no data', `shape ${showShape(shape)}`, 'at least one element')
  // Beyond 2⁵³ the product is inexact, but still far above the length of any file.
  if (bytes.length !== header + length * type.size)
    throw fail(
      bytes.length < header + length * type.size ? 'truncated data' : 'bytes after the data',
      `${bytes.length} bytes`,
      `${header + length * type.size} for shape ${showShape(shape)}`,
    )
  return { shape, data: type.read(new DataView(bytes.buffer, bytes.byteOffset + header), length) }
}
