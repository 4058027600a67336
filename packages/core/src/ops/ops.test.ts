import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { expectGolden, fill, gradientCheck } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { averagePool } from './average-pool'
import { maxOver } from './max-over'
import { registerMissingKernels } from './missing-kernels'
import { repeat2d } from './repeat'
import { resizeBilinear } from './resize-bilinear'

const data = (shape: readonly number[], seed: number, low = -1, high = 1) =>
  tf.tensor(
    fill(
      shape.reduce((a, b) => a * b, 1),
      seed,
      low,
      high,
    ),
    [...shape] as [number, number, number, number],
  ) as tf.Tensor4D

/** Gradient of Σ along·f(x). */
const gradientOf = (f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor) =>
  tf.grad((at: tf.Tensor) => {
    const y = f(at)
    return tf.sum(tf.mul(y, data(y.shape, 9)))
  })(x)

const differ = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!

/** Everything on `cpu` and `wasm` is the same; numbers go from one to the other. */
async function onBoth(compute: () => tf.Tensor[]): Promise<void> {
  const results: { shape: number[]; data: Float32Array }[][] = []
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend)
    results.push(
      tf.tidy(() => compute().map((t) => ({ shape: t.shape, data: Float32Array.from(t.dataSync()) }))),
    )
  }
  await tf.setBackend('cpu')
  for (const [i, want] of results[0]!.entries())
    expectGolden(results[1]![i]!.data, want, { relative: 1e-4, absolute: 1e-5 })
}

beforeAll(async () => {
  await tf.setBackend('wasm')
  await tf.ready()
  await tf.setBackend('cpu')
})
afterAll(() => void tf.setBackend('cpu'))

describe('faults of tfjs, and what does not have them', () => {
  test('the gradient of nearest upsampling on cpu, for more than one sample', () => {
    tf.tidy(() => {
      const x = data([2, 2, 2, 1], 1)
      const own = gradientOf((at) => tf.image.resizeNearestNeighbor(at as tf.Tensor4D, [4, 4]), x)
      const ours = gradientOf((at) => repeat2d(at, 2, 2), x)
      gradientCheck((at) => repeat2d(at, 2, 2), [x], { order: 2 })
      // The first sample agrees, the second does not: the fault is still there.
      const sample = (t: tf.Tensor, i: number) => tf.slice(t, [i, 0, 0, 0], [1, -1, -1, -1])
      expect(differ(sample(own, 0), sample(ours, 0))).toBeLessThan(1e-5)
      expect(differ(sample(own, 1), sample(ours, 1))).toBeGreaterThan(0.1)
    })
  })

  test('the gradient of bilinear resizing on cpu, for images that are not square', () => {
    tf.tidy(() => {
      const x = data([2, 2, 3, 2], 2)
      const tfjs = (at: tf.Tensor) => tf.image.resizeBilinear(at as tf.Tensor4D, [4, 9], false, true)
      const ours = (at: tf.Tensor) => resizeBilinear(at, 4, 9)
      expect(differ(tfjs(x), ours(x))).toBeLessThan(1e-5)
      gradientCheck(ours, [x])
      expect(() => gradientCheck(tfjs, [x])).toThrow()
    })
  })

  test('the gradient of padded average pooling on cpu', () => {
    tf.tidy(() => {
      const x = data([2, 3, 3, 1], 3)
      const tfjs = (at: tf.Tensor) => tf.avgPool(at as tf.Tensor4D, 2, 2, 'same')
      const ours = (at: tf.Tensor) => averagePool(at, [2, 2], [2, 2], 'same')
      expect(differ(tfjs(x), ours(x))).toBeLessThan(1e-5)
      gradientCheck(ours, [x], { order: 2 })
      expect(() => gradientCheck(tfjs, [x])).toThrow(/wrong gradient/)
    })
  })

  const pixelOfMaximum = () =>
    tf.tidy(() => {
      const x = tf.tensor4d([-4, -3, -2, -1], [1, 2, 2, 1])
      return gradientOf((at) => tf.maxPool(at as tf.Tensor4D, 2, 2, 'valid'), x)
        .dataSync()
        .findIndex((g) => g !== 0)
    })

  test('the gradient of splitting into one part', () => {
    const [x, w] = [tf.tensor2d([[1, 2, 3]]), tf.tensor2d([[4, 5, 6]])]
    // What tfjs registers for it does this.
    expect(() => tf.concat(w as never)).toThrow('at least one tensor')
    for (const parts of [1, 3]) {
      const weighted = (t: tf.Tensor) => tf.sum(tf.mul(tf.concat(tf.split(t, parts, 1), 1), w)) as tf.Scalar
      expect(tf.grad(weighted)(x).arraySync()).toEqual([[4, 5, 6]])
    }
  })

  test('training convolutions, max pooling of negative numbers and wide strides on wasm', async () => {
    await tf.setBackend('wasm')
    expect(pixelOfMaximum()).toBe(0)
    // A pixel is left over by kernels that are smaller than their strides.
    const strided = () =>
      tf.conv2d(tf.ones<tf.Rank.R4>([1, 3, 3, 1]), tf.ones<tf.Rank.R4>([2, 2, 1, 1]), 3, 'same').dataSync()[0]
    expect(strided()).toBe(0)
    const filterGradient = () =>
      tf.tidy(() => {
        const x = data([2, 4, 4, 2], 1)
        return gradientOf((k) => tf.conv2d(x, k as tf.Tensor4D, 1, 'same'), data([3, 3, 2, 2], 2)).shape
      })
    expect(filterGradient).toThrow(/Kernel 'Conv2DBackpropFilter' not registered for backend 'wasm'/)
    expect(registerMissingKernels('wasm')).toEqual([
      'Conv2DBackpropFilter',
      'DepthwiseConv2dNativeBackpropFilter',
      'DepthwiseConv2dNativeBackpropInput',
      'UnsortedSegmentSum',
      'MaxPoolGrad',
      'Conv2D',
      'FusedConv2D',
      'DepthwiseConv2dNative',
      'FusedDepthwiseConv2D',
    ])
    expect(filterGradient()).toEqual([3, 3, 2, 2])
    expect(strided()).toBe(4)
    expect(pixelOfMaximum()).toBe(3)
    await tf.setBackend('cpu')
  })

  test('cpu lacks nothing, and registering twice changes nothing', () => {
    registerMissingKernels('wasm')
    expect(registerMissingKernels('wasm')).toEqual([])
    expect(registerMissingKernels('cpu')).toEqual([])
  })
})

describe('wasm computes what cpu does', () => {
  beforeAll(() => void registerMissingKernels('wasm'))

  // [height, width, kernel height, kernel width, strides, padding]
  const geometries = [
    [4, 5, 3, 3, 1, 'same'],
    [4, 5, 2, 3, 1, 'valid'],
    [5, 4, 3, 3, 2, 'same'],
    [6, 5, 2, 2, 3, 'valid'],
    [4, 4, 1, 2, 3, 'same'],
    [3, 6, 2, 1, 3, 'same'],
    [7, 4, 2, 3, 4, 'same'],
    [6, 6, 3, 3, 2, 'valid'],
  ] as const

  test.each(geometries)(
    'convolutions of %i×%i by %i×%i, strides %i, %s',
    async (h, w, kh, kw, strides, pad) => {
      const x = () => data([2, h, w, 2], 1)
      await onBoth(() => {
        const { value, grads } = tf.valueAndGrads((image: tf.Tensor, k: tf.Tensor) => {
          const y = tf.conv2d(image as tf.Tensor4D, k as tf.Tensor4D, strides, pad)
          return tf.sum(tf.mul(y, data(y.shape, 9)))
        })([x(), data([kh, kw, 2, 3], 2)])
        return [value, ...grads]
      })
      await onBoth(() => {
        const { value, grads } = tf.valueAndGrads((image: tf.Tensor, k: tf.Tensor) => {
          const y = tf.depthwiseConv2d(image as tf.Tensor4D, k as tf.Tensor4D, strides, pad)
          return tf.sum(tf.mul(y, data(y.shape, 9)))
        })([x(), data([kh, kw, 2, 2], 2)])
        return [value, ...grads]
      })
    },
  )

  test('transposed convolution', () =>
    onBoth(
      () =>
        tf.valueAndGrads((image: tf.Tensor, k: tf.Tensor) => {
          const y = tf.conv2dTranspose(image as tf.Tensor4D, k as tf.Tensor4D, [2, 6, 4, 1], 2, 'same')
          return tf.sum(tf.mul(y, data(y.shape, 9)))
        })([data([2, 3, 2, 2], 1), data([3, 3, 1, 2], 2)]).grads,
    ))

  test('gather', () =>
    onBoth(() => {
      const indices = tf.tensor2d([2, 0, 2, 1], [2, 2], 'int32')
      return [gradientOf((table) => tf.gather(table, indices), data([4, 3], 1))]
    }))

  test('segments leave out negative ids', () =>
    onBoth(() => [tf.unsortedSegmentSum(data([3, 2], 1), tf.tensor1d([1, -1, 1], 'int32'), 2)]))

  test.each<[string, (x: tf.Tensor) => tf.Tensor]>([
    ['nearest upsampling', (x) => repeat2d(x, 2, 3)],
    ['bilinear upsampling', (x) => resizeBilinear(x, 6, 4)],
    ['average pooling', (x) => averagePool(x, [2, 2], [2, 2], 'valid')],
    ['padded average pooling', (x) => averagePool(x, [3, 3], [1, 2], 'same')],
    ['global maxima', (x) => maxOver(x, [1, 2])],
    ['max pooling', (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid')],
    ['padded max pooling', (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'same')],
  ])('%s', (_, f) =>
    onBoth(() => {
      const x = data([2, 3, 4, 2], 1)
      return [f(x), gradientOf(f, x)]
    }),
  )
})

describe('second derivatives that tfjs lacks', () => {
  const through =
    (f: (x: tf.Tensor4D, k: tf.Tensor4D) => tf.Tensor) =>
    (x: tf.Tensor, k?: tf.Tensor): tf.Tensor =>
      tf.square(f(x as tf.Tensor4D, k as tf.Tensor4D))

  test('convolution, transposed and depthwise, in image and kernel', () => {
    tf.tidy(() => {
      const x = data([1, 4, 3, 2], 1)
      const options = { order: 2, samples: 20 } as const
      const normal = through((image, k) => tf.conv2d(image, k, 2, 'same'))
      gradientCheck(normal, [x, data([2, 3, 2, 1], 2)], options)
      const depthwise = through((image, k) => tf.depthwiseConv2d(image, k, 1, 'valid'))
      gradientCheck(depthwise, [x, data([2, 2, 2, 2], 2)], options)
      const transposed = through((image, k) => tf.conv2dTranspose(image, k, [1, 8, 6, 1], 2, 'same'))
      gradientCheck(transposed, [x, data([3, 3, 1, 2], 2)], options)
    })
  })

  test.each([
    [2, 2, 'valid'],
    [3, 1, 'same'],
    [2, 3, 'same'],
  ] as const)('pooling by %i, strides %i, %s', (size, strides, pad) => {
    tf.tidy(() => {
      // Far enough apart that no difference reaches another maximum.
      const x = tf.reshape(tf.tensor1d([7, -3, 1, 5, -7, 3, -5, 9, -1, 11, -9, -11]), [1, 4, 3, 1])
      const settings = { order: 2, relative: 5e-3 } as const
      const small = (at: tf.Tensor) => tf.mul(at, 0.3) as tf.Tensor4D
      gradientCheck(
        through((at) => tf.maxPool(small(at), size, strides, pad)),
        [x],
        settings,
      )
      gradientCheck(
        through((at) => averagePool(small(at), [size, size], [strides, strides], pad)),
        [x],
        settings,
      )
      gradientCheck(
        through((at) => maxOver(small(at), [1, 2])),
        [x],
        settings,
      )
    })
  })

  test('of equal maxima the first alone has a second derivative', () => {
    tf.tidy(() => {
      const x = tf.tensor4d([2, 2, 1, 2], [1, 2, 2, 1])
      const gradient = (at: tf.Tensor) =>
        tf.grad((v: tf.Tensor) => tf.sum(tf.square(tf.maxPool(v as tf.Tensor4D, 2, 2, 'valid'))))(at)
      expectGolden(gradient(x), [
        [
          [[4], [0]],
          [[0], [0]],
        ],
      ])
      expectGolden(tf.grad((at: tf.Tensor) => tf.sum(gradient(at)))(x), [
        [
          [[2], [0]],
          [[0], [0]],
        ],
      ])
    })
  })
})
