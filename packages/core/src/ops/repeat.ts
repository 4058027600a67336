import { customGrad, reshape, sum, type Tensor, tile } from '@tensorflow/tfjs-core'

/**
 * Repeats the second axis `rows` times and the third `columns` times, each element in place:
 * `[n, h, w, c]` → `[n, h·rows, w·columns, c]`. Nearest-neighbour upsampling, right on every backend: the gradient of
 * tfjs's own `resizeNearestNeighbor` is wrong on `cpu` for batches of more than one.
 */
export function repeat2d(x: Tensor, rows: number, columns: number): Tensor {
  return customGrad((input: Tensor | unknown) => {
    const [n, h, w, c] = (input as Tensor).shape as [number, number, number, number]
    const repeated = tile(reshape(input as Tensor, [n * h, 1, w, 1, c]), [1, rows, 1, columns, 1])
    return {
      value: reshape(repeated, [n, h * rows, w * columns, c]),
      gradFunc: (dy: Tensor) => sumBlocks(dy, rows, columns),
    }
  })(x)
}

/** Sums of blocks of `rows` × `columns` pixels: the adjoint of `repeat2d`. */
export function sumBlocks(x: Tensor, rows: number, columns: number): Tensor {
  return customGrad((input: Tensor | unknown) => {
    const [n, h, w, c] = (input as Tensor).shape as [number, number, number, number]
    const blocks = reshape(input as Tensor, [(n * h) / rows, rows, w / columns, columns, c])
    return {
      value: reshape(sum(blocks, [1, 3]), [n, h / rows, w / columns, c]),
      gradFunc: (dy: Tensor) => repeat2d(dy, rows, columns),
    }
  })(x)
}
