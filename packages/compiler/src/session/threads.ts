import { elements, type Graph, type Node } from '../graph/graph'

/** Below so many floating-point operations a second thread costs a step more than it gives, as measured on two cores. */
const WORTH_THREADS = 5e7

/**
 * How many threads suit a graph: 1 for a small one, as many as there are `cores` for others, or as ONNX Runtime likes
 * (nothing) where none are given.
 */
export function threadsFor(graph: Graph, cores?: number): number | undefined {
  return flopsOf(graph) < WORTH_THREADS ? 1 : cores
}

export function flopsOf({ nodes }: Graph): number {
  return nodes.reduce((sum, node) => sum + flops(node), 0)
}

/** Multiplications and additions of matrix products and convolutions; everything else is small beside them. */
export function flops({ op, inputs, outputs, attributes }: Node): number {
  const [a, b] = inputs
  const size = elements(outputs[0]?.shape ?? [])
  if (op === 'Gemm') return 2 * size * a!.shape[attributes.transA === 1 ? 0 : 1]!
  if (op === 'MatMul') return 2 * size * a!.shape.at(-1)!
  if (op === 'Conv') return 2 * size * elements(b!.shape.slice(1))
  if (op === 'ConvTranspose') return 2 * elements(a!.shape) * elements(b!.shape.slice(1))
  return 0
}
