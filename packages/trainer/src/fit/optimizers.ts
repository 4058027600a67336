import { type Model, type OptimizerSpec, type Registry, SandglassError, type Spec } from '@sandglass/core'

/** One optimizer for all objectives, or one for each by name. */
export type Optimizers = OptimizerSpec | Readonly<Record<string, OptimizerSpec>>

/** Whether it is one for all. */
function isOne(given: Optimizers): given is OptimizerSpec {
  return typeof given === 'string' || typeof given.type === 'string'
}

/**
 * What trains each of `objectives`: as asked, else as the model has it. Throws `SandglassError` (`spec`) when one of
 * them has none, or there is one for something else.
 */
export function optimizersOf(
  { training }: Model,
  objectives: readonly string[],
  asked: Optimizers | undefined,
  registry: Registry,
): Record<string, Spec> {
  const own = training?.optimizers ?? {}
  const one = asked !== undefined && isOne(asked)
  const given: Readonly<Record<string, OptimizerSpec>> = asked === undefined || one ? {} : (asked as never)
  const unknown = Object.keys(given).find((name) => !objectives.includes(name))
  if (unknown !== undefined) throw mismatch(`one for "${unknown}"`, objectives)
  return Object.fromEntries(
    objectives.map((name) => {
      const [found, path] = one
        ? [asked, 'optimizer']
        : Object.hasOwn(given, name)
          ? [given[name], `optimizer.${name}`]
          : [Object.hasOwn(own, name) ? own[name] : undefined, `the model's optimizer of "${name}"`]
      if (found === undefined) throw mismatch(asked === undefined ? 'none' : `none for "${name}"`, objectives)
      return [name, registry.parse('optimizer', found, path)]
    }),
  )
}

function mismatch(got: string, objectives: readonly string[]): SandglassError {
  return new SandglassError('spec', 'the optimizers do not match the objectives of the model', {
    got,
    expected: `one optimizer, or one for each of ${objectives.join(', ')}`,
  })
}
