import { backend_util } from '@tensorflow/tfjs-core'
import type { Builder } from '../../graph/builder'
import type { Value } from '../../graph/graph'
import type { KernelCall, KernelRules } from '../kernel'
import { windowsOf } from './columns'
import { filterGradient } from './filter-gradient'
import { channelsFirst, channelsLast, reshaped, sliced, transposed } from './shape'

type Info = ReturnType<typeof backend_util.computeConv2DInfo>
type Shape4 = [number, number, number, number]

// ONNX convolutions are channels-first; tfjs's are channels-last with kernels [height, width, in, out]. The
// transposes between neighbours cancel in a later pass.

function convInfo(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { attributes }: KernelCall,
  depthwise = false,
): Info {
  const { strides, dilations, pad, dimRoundingMode, dataFormat } = attributes
  if (dataFormat && dataFormat !== 'NHWC') throw new Error(`data format ${dataFormat} is not supported`)
  return backend_util.computeConv2DInfo(
    inputShape as Shape4,
    filterShape as Shape4,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  )
}

function pads({ padInfo: { top, left, bottom, right } }: Info): number[] {
  return [top, left, bottom, right]
}

/** y = x ∗ kernel, channels first, with the geometry of `info`. */
function convolve(build: Builder, x: Value, kernel: Value, info: Info, group = 1): Value {
  return build.emit('Conv', [x, kernel], [info.batchSize, info.outChannels, info.outHeight, info.outWidth], {
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: pads(info),
    group,
  })
}

/** The adjoint of `convolve` in x. What the strides did not reach gets zeros through the output padding. */
function convolveTransposed(build: Builder, dy: Value, kernel: Value, info: Info, group = 1): Value {
  const reach = (
    out: number,
    stride: number,
    size: number,
    dilation: number,
    before: number,
    after: number,
  ) => stride * (out - 1) + (size - 1) * dilation + 1 - before - after
  const { padInfo: p } = info
  const padding = [
    info.inHeight -
      reach(info.outHeight, info.strideHeight, info.filterHeight, info.dilationHeight, p.top, p.bottom),
    info.inWidth -
      reach(info.outWidth, info.strideWidth, info.filterWidth, info.dilationWidth, p.left, p.right),
  ]
  return build.emit(
    'ConvTranspose',
    [dy, kernel],
    [info.batchSize, info.inChannels, info.inHeight, info.inWidth],
    {
      strides: [info.strideHeight, info.strideWidth],
      dilations: [info.dilationHeight, info.dilationWidth],
      pads: pads(info),
      output_padding: padding,
      group,
    },
  )
}

/**
 * The adjoint of `convolve` in the kernel: a convolution of x with dy in which batch and channels change places and
 * strides and dilations do too. `x` is [in, batch, h, w], `dy` [out, batch, h′, w′]; gives [in, out, kh, kw].
 */
function convolveKernel(build: Builder, x: Value, dy: Value, info: Info, group = 1): Value {
  const { padInfo: p } = info
  const extent = (
    size: number,
    before: number,
    after: number,
    out: number,
    stride: number,
    dilation: number,
  ) => Math.floor((size + before + after - ((out - 1) * stride + 1)) / dilation) + 1
  const height = extent(
    info.inHeight,
    p.top,
    p.bottom,
    info.outHeight,
    info.strideHeight,
    info.dilationHeight,
  )
  const width = extent(info.inWidth, p.left, p.right, info.outWidth, info.strideWidth, info.dilationWidth)
  const [rows, columns] = [x.shape[0]!, dy.shape[0]!]
  const full = build.emit('Conv', [x, dy], [rows, columns, height, width], {
    strides: [info.dilationHeight, info.dilationWidth],
    dilations: [info.strideHeight, info.strideWidth],
    pads: pads(info),
    group,
  })
  // Rows of x that no stride reached add taps that the kernel does not have.
  return height === info.filterHeight && width === info.filterWidth
    ? full
    : sliced(build, full, [0, 0, 0, 0], [rows, columns, info.filterHeight, info.filterWidth])
}

/** Depthwise kernels [h, w, channels, multiplier] as ONNX's grouped [channels · multiplier, 1, h, w]. */
function groupedKernel(build: Builder, filter: Value): Value {
  const [h, w, channels, multiplier] = filter.shape as unknown as Shape4
  return reshaped(build, transposed(build, filter, [2, 3, 0, 1]), [channels * multiplier, 1, h, w])
}

export const convolutions: KernelRules = {
  Conv2D: (call) => {
    const { build, inputs } = call
    const info = convInfo(inputs.x!.shape, inputs.filter!.shape, call)
    const kernel = transposed(build, inputs.filter!, [3, 2, 0, 1])
    return channelsLast(build, convolve(build, channelsFirst(build, inputs.x!), kernel, info))
  },

  Conv2DBackpropInput: (call) => {
    const { build, inputs, attributes } = call
    const info = convInfo(attributes.inputShape, inputs.filter!.shape, call)
    const kernel = transposed(build, inputs.filter!, [3, 2, 0, 1])
    return channelsLast(build, convolveTransposed(build, channelsFirst(build, inputs.dy!), kernel, info))
  },

  Conv2DBackpropFilter: (call) => {
    const { build, inputs, attributes } = call
    const info = convInfo(inputs.x!.shape, attributes.filterShape, call)
    const product = filterGradient(build, inputs.x!, inputs.dy!, windowsOf(info))
    if (product) return product
    const x = transposed(build, inputs.x!, [3, 0, 1, 2])
    const dy = transposed(build, inputs.dy!, [3, 0, 1, 2])
    return transposed(build, convolveKernel(build, x, dy, info), [2, 3, 0, 1])
  },

  DepthwiseConv2dNative: (call) => {
    const { build, inputs } = call
    const info = convInfo(inputs.x!.shape, inputs.filter!.shape, call, true)
    const kernel = groupedKernel(build, inputs.filter!)
    return channelsLast(
      build,
      convolve(build, channelsFirst(build, inputs.x!), kernel, info, info.inChannels),
    )
  },

  DepthwiseConv2dNativeBackpropInput: (call) => {
    const { build, inputs, attributes } = call
    const info = convInfo(attributes.inputShape, inputs.filter!.shape, call, true)
    const kernel = groupedKernel(build, inputs.filter!)
    return channelsLast(
      build,
      convolveTransposed(build, channelsFirst(build, inputs.dy!), kernel, info, info.inChannels),
    )
  },

  DepthwiseConv2dNativeBackpropFilter: (call) => {
    const { build, inputs, attributes } = call
    const filterShape = attributes.filterShape as Shape4
    const info = convInfo(inputs.x!.shape, filterShape, call, true)
    const { batchSize: n, inChannels: c, inHeight: h, inWidth: w, outHeight, outWidth, outChannels } = info
    // One group a channel, in which the batch takes the part of the input channels.
    const x = reshaped(build, transposed(build, inputs.x!, [3, 0, 1, 2]), [1, c * n, h, w])
    const dy = reshaped(build, transposed(build, inputs.dy!, [3, 0, 1, 2]), [
      outChannels,
      n,
      outHeight,
      outWidth,
    ])
    const taps = convolveKernel(build, x, dy, info, c)
    const [kh, kw, , multiplier] = filterShape
    return transposed(build, reshaped(build, taps, [c, multiplier, kh, kw]), [2, 3, 0, 1])
  },
}
