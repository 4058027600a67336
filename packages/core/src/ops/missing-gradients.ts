import {
  add,
  avgPool,
  cast,
  concat,
  conv2d,
  conv2dTranspose,
  depthwiseConv2d,
  engine,
  equal,
  type GradConfig,
  mul,
  type NamedAttrMap,
  registerGradient,
  sub,
  type Tensor,
  type Tensor4D,
  zerosLike,
} from '@tensorflow/tfjs-core'
import { type Pair, padded, taps, windowsOf } from './windows'

interface ConvolutionAttributes {
  strides: number | [number, number]
  pad: 'valid' | 'same' | number
  dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

interface PoolAttributes extends ConvolutionAttributes {
  filterSize: number | [number, number]
}

const attributes = <Attributes>(attrs: NamedAttrMap) => attrs as unknown as Attributes

function depthwise(name: string, inputs: Record<string, Tensor>, attrs: object): Tensor {
  return engine().runKernel(`DepthwiseConv2dNativeBackprop${name}`, inputs, attrs as NamedAttrMap)
}

/**
 * Gradients that tfjs 4.22 lacks: those of the backward passes of convolution and pooling, without which nothing that
 * contains one has a second derivative. A convolution y = B(x, k) is linear in both its arguments; so are its two
 * adjoints, and the gradients of each are the other two. That of splitting throws in tfjs where there is but one part.
 */
const missingGradients: readonly GradConfig[] = [
  {
    kernelName: 'Conv2DBackpropFilter',
    inputsToSave: ['x', 'dy'],
    gradFunc: (dk, saved, attrs) => {
      const [x, dy] = saved as [Tensor4D, Tensor4D]
      const { strides, pad, dimRoundingMode } = attributes<ConvolutionAttributes>(attrs)
      const kernel = dk as Tensor4D
      return {
        x: () => conv2dTranspose(dy, kernel, x.shape, strides, pad, dimRoundingMode),
        dy: () => conv2d(x, kernel, strides, pad, 'NHWC', 1, dimRoundingMode),
      }
    },
  },
  {
    kernelName: 'DepthwiseConv2dNativeBackpropFilter',
    inputsToSave: ['x', 'dy'],
    gradFunc: (dk, saved, attrs) => {
      const [x, dy] = saved as [Tensor4D, Tensor4D]
      const { strides, pad } = attributes<ConvolutionAttributes>(attrs)
      const { filterShape: _, ...rest } = attrs as Record<string, unknown>
      const kernel = dk as Tensor4D
      return {
        x: () => depthwise('Input', { dy, filter: kernel }, { ...rest, inputShape: x.shape }),
        dy: () => depthwiseConv2d(x, kernel, strides, pad),
      }
    },
  },
  {
    kernelName: 'DepthwiseConv2dNativeBackpropInput',
    inputsToSave: ['dy', 'filter'],
    gradFunc: (dx, saved, attrs) => {
      const [dy, filter] = saved as [Tensor4D, Tensor4D]
      const { strides, pad } = attributes<ConvolutionAttributes>(attrs)
      const { inputShape: _, ...rest } = attrs as Record<string, unknown>
      return {
        dy: () => depthwiseConv2d(dx as Tensor4D, filter, strides, pad),
        filter: () => depthwise('Filter', { x: dx as Tensor, dy }, { ...rest, filterShape: filter.shape }),
      }
    },
  },
  {
    kernelName: 'MaxPoolGrad',
    inputsToSave: ['input', 'output'],
    gradFunc: (dx, saved, attrs) => {
      const [input, output] = saved as [Tensor4D, Tensor4D]
      return {
        dy: () => atMaxima(dx as Tensor4D, input, output, attributes<PoolAttributes>(attrs)),
        // Where the maxima lie does not change with the input, save at ties.
        input: () => zerosLike(input),
        output: () => zerosLike(output),
      }
    },
  },
  {
    kernelName: 'AvgPoolGrad',
    inputsToSave: ['input'],
    gradFunc: (dx, [input], attrs) => {
      const { filterSize, strides, pad, dimRoundingMode } = attributes<PoolAttributes>(attrs)
      return {
        dy: () => avgPool(dx as Tensor4D, filterSize, strides, pad, dimRoundingMode),
        input: () => zerosLike(input!),
      }
    },
  },
  {
    kernelName: 'SplitV',
    gradFunc: (dy, _, attrs) => ({
      // The engine gives the gradient of a single part without its list.
      x: () => concat(Array.isArray(dy) ? dy : [dy], attributes<{ axis: number }>(attrs).axis),
    }),
  },
]

/**
 * Registers them, in place of tfjs's own. The registry is one for the whole process, and every package that brings tfjs's
 * gradients (`@tensorflow/tfjs`, tfjs-node) puts them there once more when it is imported, even if its import then
 * fails: so this is called again before each differentiation. Returns the names of the kernels.
 */
export function registerMissingGradients(): string[] {
  missingGradients.forEach(registerGradient)
  return missingGradients.map(({ kernelName }) => kernelName)
}

/** Each window's pixel of `x` where `input` has its maximum; the first of several, as `MaxPoolGrad` takes. */
function atMaxima(
  x: Tensor4D,
  input: Tensor4D,
  output: Tensor4D,
  { filterSize, strides, pad }: PoolAttributes,
): Tensor {
  const size: Pair = typeof filterSize === 'number' ? [filterSize, filterSize] : filterSize
  const windows = windowsOf(input.shape, size, strides, pad)
  const seen = taps(padded(input, windows, Number.NEGATIVE_INFINITY), windows)
  const values = taps(padded(x, windows), windows)
  let free: Tensor | undefined
  let sum: Tensor | undefined
  seen.forEach((tap, i) => {
    const equals = cast(equal(tap, output), 'float32')
    const hit = free ? mul(equals, free) : equals
    if (i < seen.length - 1) free = sub(free ?? 1, hit)
    const part = mul(hit, values[i]!)
    sum = sum ? add(sum, part) : part
  })
  return sum!
}
