import { avgPool, customGrad, mul, pad, type Tensor, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core'
import { repeat2d } from './repeat'
import { type Pair, padded, type Windows, windowsOf } from './windows'

/**
 * Means of windows over the pixels they really hold, padding not counted: `[n, h, w, c]` → `[n, …count, c]`.
 *
 * With `same` the image is padded first and the means of the windows that reach over the border are put right, since
 * tfjs's gradient of padded average pooling divides by the full window on `cpu`.
 */
export function averagePool(x: Tensor, size: Pair, strides: Pair, padding: 'valid' | 'same'): Tensor {
  const windows = windowsOf(x.shape, size, strides, padding)
  const means = poolWhole(padded(x, windows), size, strides)
  const share = fullness(windows, x.shape)
  return share ? mul(means, share) : means
}

/** Average pooling without padding. */
function poolWhole(x: Tensor, size: Pair, strides: Pair): Tensor {
  const pool = (input: Tensor) =>
    avgPool(input as Tensor4D, size as [number, number], strides as [number, number], 'valid')
  if (size[0] !== strides[0] || size[1] !== strides[1]) return pool(x)
  // Windows that do not overlap: the gradient just spreads out, which is quicker than a general kernel.
  return customGrad((input: Tensor | unknown) => {
    const [, h, w] = (input as Tensor).shape as [number, number, number, number]
    return {
      value: pool(input as Tensor),
      gradFunc: (dy: Tensor) => {
        const spread = mul(repeat2d(dy, size[0], size[1]), 1 / (size[0] * size[1]))
        const rest = [h - spread.shape[1]!, w - spread.shape[2]!] as const
        return rest[0] || rest[1]
          ? pad(spread, [
              [0, 0],
              [0, rest[0]],
              [0, rest[1]],
              [0, 0],
            ])
          : spread
      },
    }
  })(x)
}

/** `[1, …count, 1]`: window size over the pixels inside the image; nothing when every window is full. */
function fullness({ size, strides, count, padding }: Windows, shape: readonly number[]): Tensor | undefined {
  const inside = [0, 1].map((axis) =>
    Array.from({ length: count[axis]! }, (_, i) => {
      const start = i * strides[axis]! - padding[axis]![0]
      return Math.min(start + size[axis]!, shape[axis + 1]!) - Math.max(start, 0)
    }),
  )
  if (inside.every((axis, i) => axis.every((pixels) => pixels === size[i]))) return undefined
  const shares = inside[0]!.flatMap((rows) =>
    inside[1]!.map((columns) => (size[0] * size[1]) / (rows * columns)),
  )
  return tensor4d(shares, [1, count[0], count[1], 1])
}
