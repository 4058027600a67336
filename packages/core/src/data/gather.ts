import { sizeOf } from '../shape'
import type { StoredField } from './stored-field'

/** Writes `data * scale + offset` of the samples at `rows` to `out`, row after row. Nothing is checked. */
export function gather(field: StoredField, rows: Int32Array, out: Float32Array | Float64Array): void {
  const { data, scale = 1, offset = 0 } = field
  const width = sizeOf(field.shape)
  // For short rows a loop beats a call of `set`.
  const plain = scale === 1 && offset === 0 && width >= 32
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i]! * width
    // One loop a pair of types, because a loop that sees several is compiled to slow code.
    if (plain) out.set(data.subarray(start, start + width), i * width)
    else if (out instanceof Float64Array) scaleDoubly(data, start, width, scale, offset, out, i * width)
    else if (data instanceof Uint8Array) scaleBytes(data, start, width, scale, offset, out, i * width)
    else if (data instanceof Int32Array) scaleInts(data, start, width, scale, offset, out, i * width)
    else if (data instanceof Float32Array) scaleFloats(data, start, width, scale, offset, out, i * width)
    else scaleDoubles(data, start, width, scale, offset, out, i * width)
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

function scaleDoubles(
  data: Float64Array,
  start: number,
  width: number,
  scale: number,
  offset: number,
  out: Float32Array,
  to: number,
) {
  for (let j = 0; j < width; j++) out[to + j] = data[start + j]! * scale + offset
}

function scaleDoubly(
  data: StoredField['data'],
  start: number,
  width: number,
  scale: number,
  offset: number,
  out: Float64Array,
  to: number,
) {
  for (let j = 0; j < width; j++) out[to + j] = data[start + j]! * scale + offset
}
