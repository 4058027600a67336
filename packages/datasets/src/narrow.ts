/** The same numbers in 32-bit floats where these hold them exactly. */
export function narrow(values: Float64Array): Float32Array | Float64Array {
  return values.every((value) => Math.fround(value) === value) ? Float32Array.from(values) : values
}
