import type { Graph } from '../graph/graph'

/** From so many nodes on ONNX Runtime's own passes take longer than opening the graph does. */
const MANY = 1000

/**
 * How much ONNX Runtime should rewrite a graph that this package has optimised. Its passes matter to convolutions, which
 * they lay out anew, and fuse activations in small graphs; of the thousands of nodes of an unrolled layer they make
 * nothing faster.
 */
export function optimisationFor({ nodes }: Graph): 'all' | 'disabled' {
  return nodes.length < MANY || nodes.some(({ op }) => op.startsWith('Conv')) ? 'all' : 'disabled'
}
