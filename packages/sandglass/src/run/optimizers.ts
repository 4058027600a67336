import type { OptimizerSpec, Registry, Spec } from '@sandglass/core'
import type { Optimizers } from '@sandglass/trainer'

/** One optimizer for all objectives, or one for each by name. */
export type RunOptimizers = Spec | Readonly<Record<string, Spec>>

/** Whether it is one for all. */
export function isOne(optimizers: RunOptimizers): optimizers is Spec {
  return typeof optimizers.type === 'string'
}

/** Specs in place of bare names: `'adam'` is `{ type: 'adam' }`. */
export function inFull(optimizers: Optimizers): RunOptimizers {
  const spec = (each: OptimizerSpec): Spec => (typeof each === 'string' ? { type: each } : each)
  if (typeof optimizers === 'string' || isOne(optimizers as RunOptimizers))
    return spec(optimizers as OptimizerSpec)
  return Object.fromEntries(
    Object.entries(optimizers as Readonly<Record<string, OptimizerSpec>>).map(([name, each]) => [
      name,
      spec(each),
    ]),
  )
}

/** The same for each of them; `name` is that of its objective, where there is one for each. */
function mapped(optimizers: RunOptimizers, f: (spec: Spec, name?: string) => Spec): RunOptimizers {
  if (isOne(optimizers)) return f(optimizers)
  return Object.fromEntries(Object.entries(optimizers).map(([name, spec]) => [name, f(spec, name)]))
}

/** Specs in full. Throws `SandglassError` (`spec`) on malformed ones. */
export function parseOptimizers(
  registry: Registry,
  optimizers: RunOptimizers,
  path = 'optimizer',
): RunOptimizers {
  return mapped(optimizers, (spec, name) =>
    registry.parse('optimizer', spec, name === undefined ? path : `${path}.${name}`),
  )
}

export function withLearningRate(optimizers: RunOptimizers, learningRate: number | undefined): RunOptimizers {
  return learningRate === undefined ? optimizers : mapped(optimizers, (spec) => ({ ...spec, learningRate }))
}

/** What a run uses: as asked, else as its model has it, objective by objective, else adam. */
export function chosenOptimizers(
  asked: RunOptimizers | undefined,
  own: RunOptimizers | undefined,
): RunOptimizers {
  if (!asked || !own) return asked ?? own ?? { type: 'adam' }
  return isOne(asked) || isOne(own) ? asked : { ...own, ...asked }
}
