import type { Builder } from '../../graph/builder'
import { type DType, elements, type Value } from '../../graph/graph'
import type { KernelRules } from '../kernel'

/** Permutations that bring an image's channels before its pixels, and behind them. */
export const TO_FIRST = [0, 3, 1, 2]
export const TO_LAST = [0, 2, 3, 1]

/** `x` in another shape. */
export function reshaped(build: Builder, x: Value, shape: readonly number[]): Value {
  return build.emit('Reshape', [x, build.ints(shape)], shape)
}

export function transposed(build: Builder, x: Value, permutation: readonly number[]): Value {
  return build.emit(
    'Transpose',
    [x],
    permutation.map((i) => x.shape[i]!),
    { perm: permutation },
  )
}

/** An image with its channels before its pixels. */
export function channelsFirst(build: Builder, x: Value): Value {
  return transposed(build, x, TO_FIRST)
}

/** An image with its channels behind its pixels. */
export function channelsLast(build: Builder, x: Value): Value {
  return transposed(build, x, TO_LAST)
}

export function sliced(build: Builder, x: Value, begin: readonly number[], size: readonly number[]): Value {
  const extents = size.map((s, i) => (s === -1 ? x.shape[i]! - begin[i]! : s))
  return build.emit(
    'Slice',
    [
      x,
      build.ints(begin),
      build.ints(begin.map((b, i) => b + extents[i]!)),
      build.ints(begin.map((_, i) => i)),
    ],
    extents,
  )
}

export const shaping: KernelRules = {
  BroadcastTo: ({ build, inputs: { x }, attributes }) =>
    build.emit('Expand', [x!, build.ints(attributes.shape as number[])], attributes.shape as number[]),
  Concat: ({ build, list, attributes }) => {
    const filled = list.filter((x) => elements(x.shape) > 0)
    const axis = ((attributes.axis as number) + list[0]!.shape.length) % list[0]!.shape.length
    const shape = [...list[0]!.shape]
    shape[axis] = filled.reduce((sum, x) => sum + x.shape[axis]!, 0)
    return filled.length === 1 ? filled[0]! : build.emit('Concat', filled, shape, { axis })
  },
  ExpandDims: ({ build, inputs: { input }, attributes }) => {
    const shape = [...input!.shape]
    const dim = attributes.dim as number
    shape.splice(dim < 0 ? dim + shape.length + 1 : dim, 0, 1)
    return reshaped(build, input!, shape)
  },
  Fill: ({ build, attributes: { shape, value, dtype } }) =>
    build.constant([value as number], shape as number[], (dtype as DType | undefined) ?? 'float32'),
  MirrorPad: ({ build, inputs: { x }, attributes: { paddings, mode } }) => {
    const pads = paddings as [number, number][]
    const shape = x!.shape.map((extent, i) => extent + pads[i]![0] + pads[i]![1])
    if (mode !== 'reflect') throw new Error('symmetric padding has no ONNX operator')
    return build.emit('Pad', [x!, build.ints([...pads.map((p) => p[0]), ...pads.map((p) => p[1])])], shape, {
      mode: 'reflect',
    })
  },
  OnesLike: ({ build, inputs: { x } }) => build.constant([1], x!.shape, x!.dtype),
  Pack: ({ build, list, attributes }) => {
    const axis = ((attributes.axis as number) + list[0]!.shape.length + 1) % (list[0]!.shape.length + 1)
    const unit = [...list[0]!.shape]
    unit.splice(axis, 0, 1)
    const shape = unit.map((extent, i) => (i === axis ? list.length : extent))
    return build.emit(
      'Concat',
      list.map((x) => reshaped(build, x, unit)),
      shape,
      { axis },
    )
  },
  // All axes are named, although that is the default: ONNX Runtime 1.31 takes a Pad without axes as the padding of a
  // pooling that follows it, where the maximum of negative numbers and a zero is not zero.
  PadV2: ({ build, inputs: { x }, attributes: { paddings, constantValue } }) => {
    const pads = paddings as [number, number][]
    const shape = x!.shape.map((extent, i) => extent + pads[i]![0] + pads[i]![1])
    return build.emit(
      'Pad',
      [
        x!,
        build.ints([...pads.map((p) => p[0]), ...pads.map((p) => p[1])]),
        build.scalar((constantValue as number) ?? 0, x!.dtype),
        build.ints(pads.map((_, i) => i)),
      ],
      shape,
    )
  },
  Range: ({ build, attributes: { start, stop, step, dtype } }) => {
    const values: number[] = []
    const stride = step as number
    for (let v = start as number; stride > 0 ? v < (stop as number) : v > (stop as number); v += stride)
      values.push(v)
    return build.constant(values, [values.length], dtype as DType)
  },
  Reshape: ({ build, inputs: { x }, attributes }) => {
    const shape = attributes.shape as number[]
    const known = elements(shape.filter((s) => s !== -1))
    return reshaped(
      build,
      x!,
      shape.map((s) => (s === -1 ? elements(x!.shape) / known : s)),
    )
  },
  Reverse: ({ build, inputs: { x }, attributes }) => {
    const axes = [attributes.dims as number | number[]].flat().map((d) => (d < 0 ? d + x!.shape.length : d))
    if (axes.length === 0) return x!
    return build.emit(
      'Slice',
      [
        x!,
        build.ints(axes.map(() => -1)),
        build.ints(axes.map(() => -(2 ** 31))),
        build.ints(axes),
        build.ints(axes.map(() => -1)),
      ],
      x!.shape,
    )
  },
  Slice: ({ build, inputs: { x }, attributes }) =>
    sliced(build, x!, attributes.begin as number[], attributes.size as number[]),
  SplitV: ({ build, inputs: { x }, attributes: { numOrSizeSplits, axis } }) => {
    const dim = ((axis as number) + x!.shape.length) % x!.shape.length
    const total = x!.shape[dim]!
    const given = numOrSizeSplits as number | number[]
    const known = Array.isArray(given) ? given.reduce((s, n) => (n === -1 ? s : s + n), 0) : 0
    const sizes = Array.isArray(given)
      ? given.map((n) => (n === -1 ? total - known : n))
      : Array<number>(given).fill(total / given)
    const outputs = sizes.map((size) => ({
      shape: x!.shape.map((extent, i) => (i === dim ? size : extent)),
      dtype: x!.dtype,
    }))
    return build.emitAll('Split', [x!, build.ints(sizes)], outputs, { axis: dim })
  },
  StridedSlice: ({ build, inputs: { x }, attributes }) => {
    const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes
    if (ellipsisMask || newAxisMask) throw new Error('ellipsis and new-axis masks are not supported')
    const b = begin as number[]
    const from = b.map((v, i) => (beginMask & (1 << i) ? 0 : v < 0 ? v + x!.shape[i]! : v))
    const to = b.map((_, i) => {
      const e = (end as number[])[i]!
      if (shrinkAxisMask & (1 << i)) return from[i]! + 1
      return endMask & (1 << i) ? x!.shape[i]! : Math.min(e < 0 ? e + x!.shape[i]! : e, x!.shape[i]!)
    })
    const by = b.map((_, i) => (strides as number[] | undefined)?.[i] ?? 1)
    if (by.some((s) => s < 1)) throw new Error('negative strides are not supported')
    const kept = x!.shape.map((extent, i) =>
      i < b.length ? Math.max(0, Math.ceil((to[i]! - from[i]!) / by[i]!)) : extent,
    )
    const out = build.emit(
      'Slice',
      [x!, build.ints(from), build.ints(to), build.ints(b.map((_, i) => i)), build.ints(by)],
      kept,
    )
    return shrinkAxisMask
      ? reshaped(
          build,
          out,
          kept.filter((_, i) => !(shrinkAxisMask & (1 << i))),
        )
      : out
  },
  Tile: ({ build, inputs: { x }, attributes }) => {
    const reps = attributes.reps as number[]
    const shape = x!.shape.map((extent, i) => extent * reps[i]!)
    // Repeating extents of 1 is broadcasting, which later passes can often drop.
    if (x!.shape.every((extent, i) => extent === 1 || reps[i] === 1))
      return build.emit('Expand', [x!, build.ints(shape)], shape)
    return build.emit('Tile', [x!, build.ints(reps)], shape)
  },
  Transpose: ({ build, inputs: { x }, attributes }) => transposed(build, x!, attributes.perm as number[]),
  Unpack: ({ build, inputs: { value }, attributes }) => {
    const axis = ((attributes.axis as number) + value!.shape.length) % value!.shape.length
    const count = value!.shape[axis]!
    const rest = value!.shape.filter((_, i) => i !== axis)
    const parts = build.emitAll(
      'Split',
      [value!, build.ints(Array(count).fill(1))],
      Array.from({ length: count }, () => ({
        shape: value!.shape.map((e, i) => (i === axis ? 1 : e)),
        dtype: value!.dtype,
      })),
      { axis },
    )
    return parts.map((part) => reshaped(build, part, rest))
  },
  ZerosLike: ({ build, inputs: { x } }) => build.constant([0], x!.shape, x!.dtype),
}
