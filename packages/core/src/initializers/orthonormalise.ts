/**
 * Makes vectors orthonormal in place, in order, by modified Gram–Schmidt in float64: the Q of a QR decomposition whose
 * R has a positive diagonal. A vector that loses more than half its length is projected again, which keeps
 * orthogonality to rounding error (Daniel, Gragg, Kaufman & Stewart 1976).
 */
export function orthonormalise(vectors: readonly Float64Array[]): void {
  for (const [i, vector] of vectors.entries()) {
    let before = 0
    let length = norm(vector)
    do {
      for (let k = 0; k < i; k++) subtractProjection(vector, vectors[k]!)
      before = length
      length = norm(vector)
    } while (length < before / 2)
    for (let k = 0; k < vector.length; k++) vector[k]! /= length
  }
}

function norm(vector: Float64Array): number {
  let sum = 0
  for (let k = 0; k < vector.length; k++) sum += vector[k]! * vector[k]!
  return Math.sqrt(sum)
}

function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  let dot = 0
  for (let k = 0; k < vector.length; k++) dot += vector[k]! * unit[k]!
  for (let k = 0; k < vector.length; k++) vector[k]! -= dot * unit[k]!
}
