import type { Graph, Pass } from '../graph/graph'
import { reuseActivations } from './activation-gradients'
import { simplifyAlgebra } from './algebra'
import { shareCommonSubexpressions } from './common-subexpressions'
import { multiplyConvolutions } from './convolution-products'
import { dropDeadCode } from './dead-code'
import { foldConstants } from './fold-constants'
import { fuseGemms } from './gemm'
import { settleLayout } from './layout'
import { lowerColumns } from './lower-columns'
import { mergeLogs } from './mean-of-logs'
import { mergeGemms } from './merge-gemms'
import { simplifyShapes } from './reshapes'

const simplifications: readonly Pass[] = [
  foldConstants,
  simplifyShapes,
  settleLayout,
  dropDeadCode,
  simplifyAlgebra,
  shareCommonSubexpressions,
  reuseActivations,
  dropDeadCode,
]

/** Applies passes in turn until the graph no longer changes. */
function untilStable(graph: Graph, passes: readonly Pass[], limit = 24): Graph {
  let current = graph
  for (let i = 0; i < limit; i++) {
    const before = signature(current)
    for (const pass of passes) current = pass(current)
    if (signature(current) === before) break
  }
  return current
}

function signature({ nodes }: Graph): string {
  return nodes.map((node) => `${node.op}${node.inputs.map((v) => v.shape.join('x'))}`).join(' ')
}

/** The graph that is run: simplified, then fused. */
export function optimise(graph: Graph): Graph {
  const plain = untilStable(dropDeadCode(graph), simplifications)
  const products = lowerColumns(untilStable(multiplyConvolutions(plain), simplifications))
  const fused = untilStable(products, [
    fuseGemms,
    mergeGemms,
    mergeLogs,
    dropDeadCode,
    shareCommonSubexpressions,
  ])
  return untilStable(fused, simplifications)
}
