import type { Builder } from '../../graph/builder'
import { type DType, elements, type Value } from '../../graph/graph'
import type { KernelRules } from '../kernel'
import { castTo } from './elementwise'
import { reshaped, transposed } from './shape'

/** 1 where an index equals the class: `[…]` → `[…, depth]`. */
function oneHot(
  build: Builder,
  indices: Value,
  depth: number,
  on = 1,
  off = 0,
  dtype: DType = 'float32',
): Value {
  // ONNX Runtime has no kernel for every pair of types, but has this one.
  const hot = build.emit(
    'OneHot',
    [castTo(build, indices, 'int64'), build.constant([depth], [1], 'int64'), build.constant([off, on], [2])],
    [...indices.shape, depth],
    { axis: -1 },
    'float32',
  )
  return castTo(build, hot, dtype)
}

export const indexing: KernelRules = {
  Cumsum: ({ build, inputs: { x }, attributes: { axis, exclusive, reverse } }) =>
    build.emit(
      'CumSum',
      [x!, build.constant([(axis + x!.shape.length) % x!.shape.length], [], 'int64')],
      x!.shape,
      {
        exclusive: exclusive ? 1 : 0,
        reverse: reverse ? 1 : 0,
      },
    ),

  Einsum: ({ build, list, inputs, attributes }) => {
    const operands = list.length ? list : Object.values(inputs)
    const equation = attributes.equation as string
    const [left, right] = equation.replaceAll(' ', '').split('->') as [string, string]
    const extents = new Map<string, number>()
    left.split(',').forEach((term, i) => {
      for (const [axis, letter] of [...term].entries()) extents.set(letter, operands[i]!.shape[axis]!)
    })
    return build.emit(
      'Einsum',
      operands,
      [...right].map((letter) => extents.get(letter)!),
      { equation },
    )
  },

  GatherNd: ({ build, inputs: { params, indices } }) => {
    const depth = indices!.shape.at(-1)!
    const shape = [...indices!.shape.slice(0, -1), ...params!.shape.slice(depth)]
    return build.emit('GatherND', [params!, castTo(build, indices!, 'int64')], shape)
  },

  GatherV2: ({ build, inputs: { x, indices }, attributes: { axis, batchDims } }) => {
    if (batchDims) throw new Error('gather with batch dimensions is not supported')
    const along = (axis + x!.shape.length) % x!.shape.length
    const shape = [...x!.shape.slice(0, along), ...indices!.shape, ...x!.shape.slice(along + 1)]
    return build.emit('Gather', [x!, castTo(build, indices!, 'int32')], shape, { axis: along })
  },

  OneHot: ({ build, inputs: { indices }, attributes: { depth, onValue, offValue, dtype } }) =>
    oneHot(build, indices!, depth, onValue, offValue, (dtype as DType | undefined) ?? 'float32'),

  TopK: ({ build, inputs: { x }, attributes: { k, sorted } }) => {
    const shape = [...x!.shape.slice(0, -1), k as number]
    const [values, indices] = build.emitAll(
      'TopK',
      [x!, build.ints([k])],
      [
        { shape, dtype: x!.dtype },
        { shape, dtype: 'int64' },
      ],
      { axis: -1, largest: 1, sorted: sorted ? 1 : 0 },
    )
    return [values!, castTo(build, indices!, 'int32')]
  },

  /** Sums rows that share a segment id, as one matrix product: every provider has that. */
  UnsortedSegmentSum: ({ build, inputs: { x, segmentIds }, attributes: { numSegments } }) => {
    const lead = elements(segmentIds!.shape)
    const rest = x!.shape.slice(segmentIds!.shape.length)
    const member = reshaped(build, oneHot(build, segmentIds!, numSegments, 1, 0, x!.dtype), [
      lead,
      numSegments,
    ])
    const rows = reshaped(build, x!, [lead, elements(rest)])
    const sums = build.emit(
      'MatMul',
      [transposed(build, member, [1, 0]), rows],
      [numSegments, elements(rest)],
    )
    return reshaped(build, sums, [numSegments, ...rest])
  },
}
