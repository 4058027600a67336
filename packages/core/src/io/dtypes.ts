import type { TypedArray } from '../tensors'

interface DtypeReader {
  /** Bytes per element. */
  readonly size: number
  /** Makes the array out of bytes that it may keep. */
  read(bytes: Uint8Array<ArrayBuffer>): TypedArray
}

/**
 * Element types that can be read. F16 and BF16 become float32, which holds all of their values; BOOL becomes uint8.
 * Types whose values would be changed (F64, I64…) are left out. Little-endian, as every machine that tfjs runs on.
 */
export const dtypes: Readonly<Record<string, DtypeReader>> = {
  F32: { size: 4, read: (bytes) => new Float32Array(bytes.buffer) },
  I32: { size: 4, read: (bytes) => new Int32Array(bytes.buffer) },
  U8: { size: 1, read: (bytes) => bytes },
  BOOL: { size: 1, read: (bytes) => bytes },
  F16: { size: 2, read: (bytes) => Float32Array.from(new Uint16Array(bytes.buffer), fromHalf) },
  BF16: { size: 2, read: (bytes) => new Float32Array(Uint32Array.from(words(bytes), (w) => w << 16).buffer) },
}

function words(bytes: Uint8Array<ArrayBuffer>): Uint16Array {
  return new Uint16Array(bytes.buffer)
}

/** IEEE 754 binary16. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The name under which an array is written, or undefined when it cannot be. */
export function dtypeOf(data: unknown): 'F32' | 'I32' | 'U8' | undefined {
  if (data instanceof Float32Array) return 'F32'
  if (data instanceof Int32Array) return 'I32'
  if (data instanceof Uint8Array) return 'U8'
  return undefined
}
