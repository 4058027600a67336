import { bare, meaningOf, showMeaning } from '../aliases'
import type { Kind } from '../definition'
import { article, describeValue } from '../describe-value'
import { SandglassError } from '../errors'
import type { HowToAdd, Plugin } from '../plugin'
import type { Entry } from './entry'

interface Unknown {
  readonly kind: Kind
  readonly type: string
  /** Where it stands in a spec. */
  readonly path: string
  readonly entries: readonly Entry[]
  readonly plugins: readonly Plugin[]
  readonly howToAdd: HowToAdd
}

/** The error (`spec`) for a type that is not registered: what it is called here, else what is, else who may provide it. */
export function unknownType(unknown: Unknown): SandglassError {
  const { kind, type, path, entries } = unknown
  const here = entries.filter((entry) => entry.kind === kind)
  const what = `${path}: unknown ${kind} type ${describeValue(type)}`
  const meaning = meaningOf(
    type,
    here.map(({ type: name, aliases }) => ({ name, aliases })),
  )
  if (meaning?.alias) return new SandglassError('spec', what, { advice: showMeaning(meaning) })
  const types = here.map((entry) => entry.type).join(', ')
  return new SandglassError('spec', what, {
    expected: types ? `one of ${types}` : `a registered ${kind}, of which there are none`,
    advice: meaning ? showMeaning(meaning) : (whereToFind(unknown) ?? ofOtherKind(unknown)),
  })
}

/** What a type is that is not of this kind. A kind may hold another as one of its types: the layer `activation`. */
function ofOtherKind({ kind, type, entries }: Unknown): string | undefined {
  const known = entries.filter(({ type: name, aliases = [] }) =>
    [name, ...aliases].some((each) => bare(each) === bare(type)),
  )
  const held = known.find((entry) => entries.some((each) => each.kind === kind && each.type === entry.kind))
  if (held)
    return `"${held.type}" is ${article(held.kind)}: write { "type": "${held.kind}", "${held.kind}": "${held.type}" }.`
  const kinds = [...new Set(known.map((entry) => article(entry.kind)))]
  return kinds.length ? `"${type}" is ${kinds.join(' or ')}, not ${article(kind)}.` : undefined
}

/** Types of third parties have a namespace, so a name without one comes from a plugin of ours. */
function whereToFind({ kind, type, entries, plugins, howToAdd }: Unknown): string | undefined {
  const namespace = type.includes('/') ? type.slice(0, type.indexOf('/')) : undefined
  const provider = entries.find((entry) => namespace && entry.type.startsWith(`${namespace}/`))?.plugin
  if (provider)
    return `${provider.name} ${provider.version} provides "${namespace}/…", but not this: another version may.`
  if (namespace) return howToAdd(`the plugin that provides ${describeValue(`${namespace}/…`)}`)
  const ours = PROVIDERS[kind]
  return ours && !plugins.some(({ name }) => name === ours) ? howToAdd(ours, ours) : undefined
}

/** Who provides a kind of which core has nothing. */
const PROVIDERS: Partial<Record<Kind, string>> = {
  backend: '@sandglass/trainer',
  corruption: '@sandglass/regularizers',
  dataset: '@sandglass/datasets',
  mappingRegularizer: '@sandglass/regularizers',
  optimizer: '@sandglass/trainer',
  regularizer: '@sandglass/regularizers',
  schedule: '@sandglass/trainer',
}
