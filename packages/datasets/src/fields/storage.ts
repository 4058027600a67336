import type { TypedArray } from '@sandglass/core'

/** A new array of the same storage type. */
export function sameStorage(like: TypedArray, length: number): TypedArray {
  if (like instanceof Uint8Array) return new Uint8Array(length)
  return like instanceof Int32Array ? new Int32Array(length) : new Float32Array(length)
}

/** `float32`, `int32` or `uint8`. */
export function storageName(data: TypedArray): string {
  if (data instanceof Uint8Array) return 'uint8'
  return data instanceof Int32Array ? 'int32' : 'float32'
}
