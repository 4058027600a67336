/** placeholder */
export interface Stream {
  uniform(out: Float32Array, low?: number, high?: number): Float32Array
  normal(out: Float32Array, mean?: number, deviation?: number): Float32Array
  truncatedNormal(out: Float32Array, mean?: number, deviation?: number): Float32Array
  /** A permutation of 0…n−1. */
  permutation(n: number): Int32Array
}

export interface Streams {
  readonly seed: number
  at(name: string, step?: number): Stream
}
