import { backend_util } from '@tensorflow/tfjs-core'
import type { Builder } from '../../graph/builder'
import { elements, type Value } from '../../graph/graph'
import type { KernelCall, KernelRules } from '../kernel'
import { channelsFirst, channelsLast, reshaped } from './shape'

type Info = ReturnType<typeof backend_util.computePool2DInfo>

function poolInfo(shape: readonly number[], { attributes }: KernelCall): Info {
  const { filterSize, strides, pad, dimRoundingMode } = attributes
  return backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  )
}

function geometry({ filterHeight, filterWidth, strideHeight, strideWidth, padInfo: p }: Info) {
  return {
    kernel_shape: [filterHeight, filterWidth],
    strides: [strideHeight, strideWidth],
    pads: [p.top, p.left, p.bottom, p.right],
  }
}

function pooledShape({ batchSize, outChannels, outHeight, outWidth }: Info): number[] {
  return [batchSize, outChannels, outHeight, outWidth]
}

/** How many real pixels each window holds: `[1, 1, h, w]`, or a number when all hold the same. */
function windowSizes(build: Builder, info: Info): Value {
  const count = (out: number, stride: number, before: number, size: number, extent: number) =>
    Array.from({ length: out }, (_, i) => {
      const start = i * stride - before
      return Math.min(start + size, extent) - Math.max(start, 0)
    })
  const rows = count(info.outHeight, info.strideHeight, info.padInfo.top, info.filterHeight, info.inHeight)
  const columns = count(info.outWidth, info.strideWidth, info.padInfo.left, info.filterWidth, info.inWidth)
  const sizes = rows.flatMap((r) => columns.map((c) => r * c))
  return sizes.every((size) => size === sizes[0])
    ? build.scalar(sizes[0]!)
    : build.constant(sizes, [1, 1, info.outHeight, info.outWidth])
}

/** Maxima and their positions in one node, so that the gradient shares the forward pass's. */
function maxPool(build: Builder, x: Value, info: Info): { values: Value; indices: Value } {
  const shape = pooledShape(info)
  const outputs = [
    { shape, dtype: 'float32' as const },
    { shape, dtype: 'int64' as const },
  ]
  const [values, indices] = build.emitAll('MaxPool', [x], outputs, geometry(info))
  return { values: values!, indices: indices! }
}

export const pooling: KernelRules = {
  MaxPool: (call) => {
    const { build, inputs } = call
    const info = poolInfo(inputs.x!.shape, call)
    return channelsLast(build, maxPool(build, channelsFirst(build, inputs.x!), info).values)
  },

  MaxPoolGrad: (call) => {
    const { build, inputs } = call
    const x = inputs.input!
    const info = poolInfo(x.shape, call)
    // The positions of the maxima, counted over the whole array; ties go to the first, as in tfjs.
    const { indices } = maxPool(build, channelsFirst(build, x), info)
    const dy = channelsFirst(build, inputs.dy!)
    const overlap = info.strideHeight < info.filterHeight || info.strideWidth < info.filterWidth
    const flat = build.emit(
      'ScatterElements',
      [
        build.constant([0], [elements(x.shape)]),
        reshaped(build, indices, [elements(dy.shape)]),
        reshaped(build, dy, [elements(dy.shape)]),
      ],
      [elements(x.shape)],
      overlap ? { axis: 0, reduction: 'add' } : { axis: 0 },
    )
    const [n, h, w, c] = x.shape as [number, number, number, number]
    return channelsLast(build, reshaped(build, flat, [n, c, h, w]))
  },

  AvgPool: (call) => {
    const { build, inputs } = call
    const info = poolInfo(inputs.x!.shape, call)
    return channelsLast(
      build,
      build.emit('AveragePool', [channelsFirst(build, inputs.x!)], pooledShape(info), geometry(info)),
    )
  },

  AvgPoolGrad: (call) => {
    const { build, inputs } = call
    const shape = (inputs.input ?? inputs.x)!.shape
    const info = poolInfo(shape, call)
    const dy = channelsFirst(build, inputs.dy!)
    const share = build.emit('Div', [dy, windowSizes(build, info)], dy.shape)
    const channels = info.inChannels
    const { padInfo: p } = info
    const reach = (out: number, stride: number, size: number, before: number, after: number) =>
      stride * (out - 1) + size - before - after
    const ones = build.constant([1], [channels, 1, info.filterHeight, info.filterWidth])
    const spread = build.emit(
      'ConvTranspose',
      [share, ones],
      [info.batchSize, channels, info.inHeight, info.inWidth],
      {
        strides: [info.strideHeight, info.strideWidth],
        dilations: [1, 1],
        pads: [p.top, p.left, p.bottom, p.right],
        output_padding: [
          info.inHeight - reach(info.outHeight, info.strideHeight, info.filterHeight, p.top, p.bottom),
          info.inWidth - reach(info.outWidth, info.strideWidth, info.filterWidth, p.left, p.right),
        ],
        group: channels,
      },
    )
    return channelsLast(build, spread)
  },
}
