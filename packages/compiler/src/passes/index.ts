import { type Graph, type Pass, sameExtents } from '../graph/graph'
import { chooseByMask, reuseActivations } from './activation-gradients'
import { simplifyAlgebra } from './algebra'
import { takeOutFactors } from './common-factors'
import { shareCommonSubexpressions } from './common-subexpressions'
import { multiplyConvolutions } from './convolution-products'
import { convolveByPhases } from './convolve-by-phases'
import { dropDeadCode } from './dead-code'
import { foldConstants } from './fold-constants'
import { reuseGates } from './gate-gradients'
import { fuseGemms } from './gemm'
import { settleLayout } from './layout'
import { lowerColumns } from './lower-columns'
import { mergeLogs } from './mean-of-logs'
import { mergeGemms } from './merge-gemms'
import { poolBeforeActivation } from './pool-before-activation'
import { poolByPhases } from './pool-by-phases'
import { orderProducts } from './product-order'
import { computeRowsOnce } from './repeated-rows'
import { simplifyShapes } from './reshapes'
import { shareTransposes } from './share-transposes'
import { transposeByPhases } from './transposed-by-phases'

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

type Apply = (graph: Graph, pass: Pass) => Graph

/** Applies passes, except one that last left the same graph as it was. */
function createApply(): Apply {
  const settled = new Map<Pass, Graph>()
  return (graph, pass) => {
    if (settled.get(pass) === graph) return graph
    const next = pass(graph)
    if (next === graph) settled.set(pass, graph)
    return next
  }
}

/** Applies passes in turn until the graph no longer changes, or only in what its nodes are called. */
function untilStable(graph: Graph, passes: readonly Pass[], apply: Apply, limit = 24): Graph {
  let current = graph
  for (let i = 0; i < limit; i++) {
    const before = current
    current = passes.reduce(apply, before)
    if (current === before || alike(current, before)) break
  }
  return current
}

/** Whether two graphs have the same operators on arrays of the same shapes. */
function alike(a: Graph, b: Graph): boolean {
  return (
    a.nodes.length === b.nodes.length &&
    a.nodes.every(({ op, inputs }, i) => {
      const other = b.nodes[i]!
      return (
        op === other.op &&
        inputs.length === other.inputs.length &&
        inputs.every(({ shape }, k) => sameExtents(shape, other.inputs[k]!.shape))
      )
    })
  )
}

/** The graph that is run: simplified, then fused. */
export function optimise(graph: Graph): Graph {
  const apply = createApply()
  const stable = (given: Graph, passes: readonly Pass[]) => untilStable(given, passes, apply)
  const settled = stable(dropDeadCode(graph), simplifications)
  const pooled = stable(apply(settled, poolBeforeActivation), simplifications)
  const plain = stable(apply(pooled, poolByPhases), simplifications)
  const multiplied = stable([transposeByPhases, multiplyConvolutions].reduce(apply, plain), simplifications)
  const phased = stable(multiplied, [convolveByPhases, ...simplifications])
  const products = stable(lowerColumns(phased), [
    computeRowsOnce,
    simplifyShapes,
    orderProducts,
    dropDeadCode,
    shareCommonSubexpressions,
  ])
  const shared = [reuseGates, takeOutFactors, dropDeadCode, shareCommonSubexpressions].reduce(apply, products)
  const fused = stable(shared, [
    fuseGemms,
    mergeGemms,
    mergeLogs,
    shareTransposes,
    chooseByMask,
    dropDeadCode,
    shareCommonSubexpressions,
  ])
  return stable(fused, simplifications)
}
