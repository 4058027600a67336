import type { Builder } from '../../graph/builder'
import type { Value } from '../../graph/graph'
import type { KernelRules } from '../kernel'
import { broadcast } from './elementwise'
import { reshaped, transposed } from './shape'

function swapLast(build: Builder, x: Value): Value {
  const rank = x.shape.length
  return transposed(build, x, [...Array(rank - 2).keys(), rank - 1, rank - 2])
}

export const matmul: KernelRules = {
  BatchMatMul: ({ build, inputs, attributes: { transposeA, transposeB } }) => {
    const a = flatBatch(build, inputs.a!)
    const b = flatBatch(build, inputs.b!)
    const x = transposeA ? swapLast(build, a) : a
    const y = transposeB ? swapLast(build, b) : b
    const batch = broadcast(inputs.a!.shape.slice(0, -2), inputs.b!.shape.slice(0, -2))
    const matrix = [x.shape.at(-2)!, y.shape.at(-1)!]
    const product = build.emit(
      'MatMul',
      [x, y],
      [...broadcast(x.shape.slice(0, -2), y.shape.slice(0, -2)), ...matrix],
    )
    return product.shape.length === batch.length + 2
      ? product
      : reshaped(build, product, [...batch, ...matrix])
  },
}

/** tfjs multiplies matrices as batches of one; a leading 1 would keep them from becoming one GEMM. */
function flatBatch(build: Builder, x: Value): Value {
  const lead = x.shape.slice(0, -2)
  return lead.length > 0 && lead.every((extent) => extent === 1) ? reshaped(build, x, x.shape.slice(-2)) : x
}
