import { matMul, reshape, type Tensor, tensor3d } from '@tensorflow/tfjs-core'

/**
 * Bilinear resizing with pixel centres at half-integers, as TensorFlow and Keras do it: `[n, h, w, c]` →
 * `[n, height, width, c]`. Resizing is linear in each axis, so it is two products with constant matrices, and its
 * gradients are those of products. The gradient of tfjs's own `resizeBilinear` mixes up height and width on `cpu`.
 */
export function resizeBilinear(x: Tensor, height: number, width: number): Tensor {
  const [n, h, w, c] = x.shape as [number, number, number, number]
  const tall = matMul(weights(h, height) as Tensor, reshape(x, [n, h, w * c]))
  const full = matMul(weights(w, width) as Tensor, reshape(tall, [n * height, w, c]))
  return reshape(full, [n, height, width, c])
}

/** `[1, to, from]`: each row holds the share that every source pixel has in one pixel of the result. */
function weights(from: number, to: number): Tensor {
  const matrix = new Float32Array(to * from)
  for (let i = 0; i < to; i++) {
    const position = ((i + 0.5) * from) / to - 0.5
    const low = Math.floor(position)
    const fraction = position - low
    // Beyond the outermost centres the border pixel continues.
    matrix[i * from + Math.max(0, low)]! += 1 - fraction
    matrix[i * from + Math.min(from - 1, low + 1)]! += fraction
  }
  return tensor3d(matrix, [1, to, from])
}
