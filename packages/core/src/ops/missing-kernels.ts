import {
  add,
  backend_util,
  conv2d,
  depthwiseConv2d,
  getKernel,
  type KernelConfig,
  type KernelFunc,
  matMul,
  min,
  mul,
  oneHot,
  pad,
  registerKernel,
  reshape,
  reverse,
  slice,
  stack,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tidy,
  transpose,
  unregisterKernel,
} from '@tensorflow/tfjs-core'
import { addAll } from './add-all'
import { type Pair, padded, taps, type Windows, windowsOf } from './windows'

interface Attributes {
  strides: Pair
  pad: 'valid' | 'same' | number
  filterShape: [number, number, number, number]
  inputShape: [number, number, number, number]
  numSegments: number
}

interface ConvolutionAttributes {
  strides: [number, number] | number
  dilations?: [number, number] | number
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
}

type Compose = (inputs: Record<string, Tensor>, attributes: Attributes) => Tensor

/**
 * Puts a tfjs backend in order for training, as far as it lacks these kernels: `Conv2DBackpropFilter`,
 * `DepthwiseConv2dNativeBackpropFilter`, `DepthwiseConv2dNativeBackpropInput` and `UnsortedSegmentSum` are composed from
 * kernels that every backend has. tfjs 4.22 lacks all four on `wasm`: without them no convolution and no `gather` can
 * be trained there. Of `wasm`'s own, `MaxPoolGrad` is made right for negative numbers, and convolutions for kernels
 * smaller than their strides; of `tensorflow`'s, the gradient of 1 × 1 kernels with strides. All others stay. Returns the
 * names of those registered; nothing the second time.
 */
export function registerMissingKernels(backendName: string): string[] {
  const configs: KernelConfig[] = Object.entries(composed)
    .filter(([kernelName]) => !getKernel(kernelName, backendName))
    .map(([kernelName, compose]) => ({ kernelName, backendName, kernelFunc: kernelOf(compose) }))
  for (const [kernelName, repair] of Object.entries(repairs[backendName] ?? {})) {
    const wrong = getKernel(kernelName, backendName)
    if (!wrong || REPAIRED in wrong.kernelFunc) continue
    unregisterKernel(kernelName, backendName)
    configs.push({ ...wrong, kernelFunc: Object.assign(repair(wrong.kernelFunc), { [REPAIRED]: true }) })
  }
  configs.forEach(registerKernel)
  return configs.map(({ kernelName }) => kernelName)
}

const REPAIRED = Symbol.for('@sandglass/core repaired kernel')

/**
 * The wasm kernel finds no maximum in windows that hold nothing above 0 and gives their gradient to the first pixel.
 * Where the maxima lie does not change when all numbers are moved above 0.
 */
function shifted(kernelFunc: KernelFunc): KernelFunc {
  return (call) => {
    const input = call.inputs.input as Tensor
    const above = tidy(() => add(sub(input, min(input)), 1))
    try {
      return kernelFunc({ ...call, inputs: { ...call.inputs, input: above } })
    } finally {
      above.dispose()
    }
  }
}

/**
 * `same` padding in figures: where the last window leaves pixels over, the wasm kernel takes what is missing to nothing
 * for padding, and gives zeros.
 */
function inFigures(kernelFunc: KernelFunc): KernelFunc {
  return (call) => {
    const { pad: padding, strides, dilations = 1 } = call.attrs as unknown as ConvolutionAttributes
    if (padding !== 'same') return kernelFunc(call)
    const { x, filter } = call.inputs as { x: Tensor4D; filter: Tensor4D }
    const info = backend_util.computeConv2DInfo(
      x.shape,
      filter.shape,
      strides,
      dilations,
      padding,
      undefined,
      true,
    )
    const { top, bottom, left, right } = info.padInfo
    const explicit: backend_util.ExplicitPadding = [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]
    return kernelFunc({ ...call, attrs: { ...call.attrs, pad: explicit as never } })
  }
}

/**
 * A 1 × 1 kernel sees only the pixels that its strides reach. Given all of them, the kernel of TensorFlow 2.21 writes
 * beyond its memory on several threads, which ends the process or gives numbers that are none.
 */
function reachedOnly(kernelFunc: KernelFunc): KernelFunc {
  return (call) => {
    const { strides, pad: padding, filterShape } = call.attrs as unknown as Attributes
    const [height, width] = filterShape
    const { x, dy } = call.inputs as { x: Tensor4D; dy: Tensor4D }
    const windows = windowsOf(x.shape, [height, width], strides, padding)
    if (height > 1 || width > 1 || windows.strides.every((stride) => stride === 1)) return kernelFunc(call)
    const reached = tidy(() => taps(padded(x, windows), windows)[0]!)
    try {
      const attrs = { ...call.attrs, strides: [1, 1], pad: 'valid' }
      return kernelFunc({ ...call, inputs: { ...call.inputs, x: reached, dy }, attrs })
    } finally {
      reached.dispose()
    }
  }
}

const repairs: Readonly<Record<string, Readonly<Record<string, (kernelFunc: KernelFunc) => KernelFunc>>>> = {
  wasm: {
    MaxPoolGrad: shifted,
    Conv2D: inFigures,
    FusedConv2D: inFigures,
    DepthwiseConv2dNative: inFigures,
    FusedDepthwiseConv2D: inFigures,
  },
  tensorflow: { Conv2DBackpropFilter: reachedOnly },
}

function kernelOf(compose: Compose): KernelFunc {
  return ({ inputs, attrs }) =>
    tidy(() => compose(inputs as unknown as Record<string, Tensor>, attrs as unknown as Attributes))
}

const composed: Readonly<Record<string, Compose>> = {
  // A convolution of x with dy, in which batch and channels change places, and strides and dilations too: several times
  // as fast on wasm as a product of matrices.
  Conv2DBackpropFilter: ({ x, dy }, { strides, pad: padding, filterShape }) => {
    const [height, width, from, to] = filterShape
    const windows = windowsOf(x!.shape, [height, width], strides, padding)
    const images = transpose(padded(x!, windows), [3, 1, 2, 0])
    const kernel = transpose(dy as Tensor4D, [1, 2, 0, 3])
    const taps = conv2d(images, kernel, 1, 'valid', 'NHWC', [...windows.strides])
    // Pixels that no stride reached add taps that the kernel does not have.
    return transpose(slice(taps, [0, 0, 0, 0], [from, height, width, to]), [1, 2, 0, 3])
  },

  DepthwiseConv2dNativeBackpropFilter: ({ x, dy }, { strides, pad: padding, filterShape }) => {
    const [height, width, channels, multiplier] = filterShape
    const windows = windowsOf(x!.shape, [height, width], strides, padding)
    const gradient = reshape(dy!, [-1, channels, multiplier])
    const parts = taps(padded(x!, windows), windows).map((tap) =>
      sum(mul(reshape(tap, [-1, channels, 1]), gradient), 0),
    )
    return reshape(stack(parts), filterShape)
  },

  // The adjoint of a strided convolution: a convolution of the spread-out dy with the mirrored kernel.
  DepthwiseConv2dNativeBackpropInput: ({ dy, filter }, { strides, pad: padding, inputShape }) => {
    const [height, width, channels, multiplier] = filter!.shape as [number, number, number, number]
    const windows = windowsOf(inputShape, [height, width], strides, padding)
    const spread = spreadOut(dy!, windows, inputShape)
    const [batch, rows, columns] = spread.shape
    const byMultiple = reshape(spread, [batch!, rows!, columns!, channels, multiplier])
    const mirrored = reverse(filter as Tensor4D, [0, 1])
    return addAll(
      Array.from({ length: multiplier }, (_, i) => {
        const part = slice(byMultiple, [0, 0, 0, 0, i], [-1, -1, -1, -1, 1])
        const kernel = slice(mirrored, [0, 0, 0, i], [-1, -1, -1, 1])
        return depthwiseConv2d(
          reshape(part, [batch!, rows!, columns!, channels]) as Tensor4D,
          kernel,
          1,
          'valid',
        )
      }),
    )
  },

  // Ids below 0 belong to no segment: their one-hot rows are zero.
  UnsortedSegmentSum: ({ x, segmentIds }, { numSegments }) => {
    const ids = reshape(segmentIds!, [segmentIds!.size]) as Tensor1D
    const members = oneHot(ids, numSegments)
    const rows = reshape(x!, [ids.size, -1])
    return reshape(matMul(members as never, rows as never, true), [
      numSegments,
      ...x!.shape.slice(segmentIds!.rank),
    ])
  },
}

/** dy with strides − 1 zeros between its pixels and so many around them that a valid convolution gives the input. */
function spreadOut(dy: Tensor, { size, strides, count, padding }: Windows, input: readonly number[]): Tensor {
  const [batch, , , channels] = dy.shape as [number, number, number, number]
  const [rowGap, columnGap] = [strides[0] - 1, strides[1] - 1]
  const apart =
    rowGap || columnGap
      ? reshape(
          pad(reshape(dy, [batch * count[0], 1, count[1], channels]), [
            [0, 0],
            [0, rowGap],
            [0, 0],
            [0, columnGap * channels],
          ]),
          [batch, count[0] * strides[0], count[1] * strides[1], channels],
        )
      : dy
  // Before: what the mirrored kernel reaches over. After: whatever is missing; less than nothing where the gap after
  // the last pixel is more than is needed.
  const before = [0, 1].map((axis) => size[axis]! - 1 - padding[axis]![0])
  const wanted = [0, 1].map((axis) => input[axis + 1]! + size[axis]! - 1)
  const after = [0, 1].map((axis) => wanted[axis]! - before[axis]! - apart.shape[axis + 1]!)
  const framed = pad(apart, [
    [0, 0],
    [Math.max(0, before[0]!), Math.max(0, after[0]!)],
    [Math.max(0, before[1]!), Math.max(0, after[1]!)],
    [0, 0],
  ])
  return slice(
    framed,
    [0, Math.max(0, -before[0]!), Math.max(0, -before[1]!), 0],
    [batch, wanted[0]!, wanted[1]!, channels],
  )
}
