import { type Field, sizeOf } from '@sandglass/core'

/** Writes `data * scale + offset` of the samples at `indices` to `out`, row after row. Nothing is checked. */
export function gather(field: Field, indices: Int32Array, out: Float32Array): void {
  const { data, scale = 1, offset = 0 } = field
  const width = sizeOf(field.shape)
  // For short rows a loop beats a call of `set`.
  const plain = scale === 1 && offset === 0 && width >= 32
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i]! * width
    // One loop a storage type, because a loop that sees several is compiled to slow code.
    if (plain) out.set(data.subarray(start, start + width), i * width)
    else if (data instanceof Uint8Array) scaleBytes(data, start, width, scale, offset, out, i * width)
    else if (data instanceof Int32Array) scaleInts(data, start, width, scale, offset, out, i * width)
    else scaleFloats(data, start, width, scale, offset, out, i * width)
  }
}

function scaleBytes(
  data: Uint8Array,
  start: number,
  width: number,
  scale: number,
  offset: number,
  out: Float32Array,
  to: number,
) {
  for (let j = 0; j < width; j++) out[to + j] = data[start + j]! * scale + offset
}

function scaleInts(
  data: Int32Array,
  start: number,
  width: number,
  scale: number,
  offset: number,
  out: Float32Array,
  to: number,
) {
  for (let j = 0; j < width; j++) out[to + j] = data[start + j]! * scale + offset
}

function scaleFloats(
  data: Float32Array,
  start: number,
  width: number,
  scale: number,
  offset: number,
  out: Float32Array,
  to: number,
) {
  for (let j = 0; j < width; j++) out[to + j] = data[start + j]! * scale + offset
}
