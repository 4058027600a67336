import type { HostRecord } from '@sandglass/core'

/**
 * The initial weights that tools/golden/formula_weights.py gives to Keras and PyTorch, in the order of the model's
 * weights: kernels uniform on the Glorot limits, from the bits of an integer hash, exact in any language; arrays of
 * one axis 0.
 */
export function formulaWeights(weights: Readonly<Record<string, { shape: readonly number[] }>>): HostRecord {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape }], index) => {
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1))
      if (shape.length > 1) {
        const field = shape.slice(0, -2).reduce((a, b) => a * b, 1)
        const limit = Math.sqrt(6 / (field * (shape.at(-2)! + shape.at(-1)!)))
        for (let i = 0; i < data.length; i++) data[i] = (hash(i + 1 + index * 1000003) / 2 ** 31 - 1) * limit
      }
      return [name, { shape, data }]
    }),
  )
}

function hash(seed: number): number {
  let bits = seed >>> 0
  for (const [factor, shift] of [
    [2654435761, 15],
    [2246822519, 13],
  ] as const) {
    bits = Math.imul(bits, factor) >>> 0
    bits = (bits ^ (bits >>> shift)) >>> 0
  }
  return bits
}
