import {
  core,
  createRegistry,
  type Definition,
  definePlugin,
  type Kind,
  type Plugin,
  type Registry,
} from '@sandglass/core'
import type { CaseOf, Cases, CommonCase } from './cases'
import type { AsyncChecker, Checker } from './checker'
import { checkComparison } from './comparison'
import { checkExhibit } from './exhibit'
import { checkInitializer } from './initializer'
import { buildLayer, checkLayer } from './layer'
import { checkLikelihood } from './likelihood'
import { checkMappingRegularizer } from './mapping'
import { checkModel } from './model'
import { checkOptimizer } from './optimizer'
import { checkActivation, checkCorruption, checkRegularizer } from './pointwise'
import { checkSampler } from './sampler'
import { checkRefusal, checkSpec, specOf } from './spec'
import { checkWorkload } from './workload'

/** A case that must be refused, when it is parsed or when it is built, with a SandglassError of this text. */
export type Refusal<K extends Kind> = CaseOf<K> & { message: RegExp }

export interface ConformanceSettings<K extends Kind> {
  /** Plugins of types that the specs refer to, besides core's. */
  plugins?: readonly Plugin[]
  /** Cases that must be refused. */
  refuses?: readonly Refusal<K>[]
}

/**
 * Checks one definition on some cases and throws an `Error` that names the definition, the case and the check that
 * failed. Returns the names of the checks that ran.
 *
 * For every kind: frozen specs, a round trip through JSON, refused options, the JSON schema. For the kinds of
 * `Cases` also shapes, determinism, leaks (also when any one kernel fails) and numeric derivatives. Needs registered
 * gradients (`@sandglass/core/gradients`) and a backend that reads synchronously. Synchronous: samplers and exhibits are
 * checked as specs here, and in full by `asyncConformance`.
 */
export function conformance<K extends Kind>(
  definition: Definition<K>,
  cases: readonly CaseOf<K>[],
  { plugins = [], refuses = [] }: ConformanceSettings<K> = {},
): string[] {
  const { kind, type } = definition
  if (!cases.length) throw new Error(`${kind} "${type}": conformance needs at least one case`)
  const registry = registryFor(definition, plugins)
  const done = new Set<string>()
  const checkerOf = (label: string): Checker => ({
    registry,
    check: (name, fn) => {
      try {
        fn()
      } catch (error) {
        throw failed(definition, label, name, error)
      }
      done.add(name)
    },
  })
  cases.forEach((one, i) => {
    const checker = checkerOf(`case ${i} (${brief(one)})`)
    checkSpec(checker, definition, one.options ?? {})
    checkKind(checker, definition, one)
  })
  refuses.forEach(({ message, ...one }, i) => {
    const checker = checkerOf(`refusal ${i} (${brief(one)})`)
    checkRefusal(checker, () => buildFor(checker, definition, one as CommonCase), message)
  })
  return [...done]
}

/**
 * As `conformance`, for kinds whose work is async: samplers (fitting, draws) and exhibits (what they show of a run).
 *
 * @example
 * await asyncConformance(gaussianMixture, [{ options: { components: 2 }, shape: [3] }])
 */
export async function asyncConformance<K extends 'sampler' | 'exhibit'>(
  definition: Definition<K>,
  cases: readonly CaseOf<K>[],
  settings: ConformanceSettings<K> = {},
): Promise<string[]> {
  const done = new Set(conformance(definition, cases, settings))
  const registry = registryFor(definition, settings.plugins ?? [])
  for (const [i, one] of cases.entries()) {
    const checker: AsyncChecker = {
      registry,
      check: async (name, fn) => {
        try {
          await fn()
        } catch (error) {
          throw failed(definition, `case ${i}`, name, error)
        }
        done.add(name)
      },
    }
    const spec = specOf(definition, one.options)
    if (definition.kind === 'sampler')
      await checkSampler(checker, registry.build('sampler', spec), one as Cases['sampler'])
    else await checkExhibit(checker, registry.build('exhibit', spec), one as Cases['exhibit'])
  }
  return [...done]
}

function failed({ kind, type }: Definition, label: string, name: string, error: unknown): Error {
  const text = error instanceof Error ? error.message : String(error)
  return new Error(`${kind} "${type}", ${label}, ${name}: ${text}`, { cause: error })
}

function registryFor(definition: Definition, plugins: readonly Plugin[]): Registry {
  const given = createRegistry([core, ...plugins])
  if (!given.has(definition.kind, definition.type)) {
    const own = definePlugin({
      name: 'conformance',
      version: '0.0.0',
      apiVersion: 1,
      definitions: [definition],
    })
    return createRegistry([core, ...plugins, own])
  }
  if (given.get(definition.kind, definition.type) !== definition)
    throw new Error(
      `${definition.kind} "${definition.type}" is already defined otherwise by core or one of the plugins`,
    )
  return given
}

function buildFor(checker: Checker, definition: Definition, one: CommonCase): unknown {
  const { registry } = checker
  const spec = specOf(definition, one.options)
  if (definition.kind === 'layer') return buildLayer(checker, spec, one as Cases['layer'])
  if (definition.kind === 'model')
    return registry.build('model', spec, { registry, fields: (one as Cases['model']).fields })
  return registry.build(definition.kind as 'loss', spec)
}

/** The part that depends on the kind. */
function checkKind(checker: Checker, definition: Definition, one: CommonCase): void {
  const build = <Built>() => buildFor(checker, definition, one) as Built
  switch (definition.kind) {
    case 'activation':
      checkActivation(checker, build, one as Cases['activation'])
      break
    case 'corruption':
      checkCorruption(checker, build, one as Cases['corruption'])
      break
    case 'initializer':
      checkInitializer(checker, build, one as Cases['initializer'])
      break
    case 'layer':
      checkLayer(checker, specOf(definition, one.options), one as Cases['layer'])
      break
    case 'likelihood':
      checkLikelihood(checker, build, one as Cases['likelihood'])
      break
    case 'loss':
      checkComparison(checker, build, one as Cases['loss'], true)
      break
    case 'mappingRegularizer':
      checkMappingRegularizer(checker, build, one as Cases['mappingRegularizer'])
      break
    case 'metric':
      checkComparison(checker, build, one as Cases['metric'], false)
      break
    case 'model':
      checkModel(checker, build(), one as Cases['model'])
      break
    case 'optimizer':
      checkOptimizer(checker, build, one as Cases['optimizer'])
      break
    case 'regularizer':
      checkRegularizer(checker, build, one as Cases['regularizer'])
      break
    case 'workload':
      checkWorkload(checker, build())
      break
  }
}

/** A case in the words of an error: long ones (a whole trained model) by their options. */
function brief({ options, ...rest }: CommonCase): string {
  const plain = Object.entries(rest).filter(([name]) => name !== 'input')
  return JSON.stringify({ ...(options && { options }), ...Object.fromEntries(plain) })
}
