import type { Definition, Kind, LazyDefinition } from '../definition'
import { SandglassError } from '../errors'
import { nearest } from '../nearest'
import { API_VERSION, type Plugin } from '../plugin'
import { describe } from './describe'

export interface Entry {
  readonly kind: Kind
  readonly type: string
  readonly description: string
  readonly plugin: { readonly name: string; readonly version: string }
}

/** What plugins bring, by kind and type. */
export interface Entries {
  list(kind?: Kind): Entry[]
  has(kind: Kind, type: string): boolean
  /** Throws `SandglassError` (`spec`) that knows where an unknown type might be found. `path` is for messages. */
  find(kind: Kind, type: string, path: string): Definition | LazyDefinition
  /** All of them, to be replaced when they are loaded. */
  all(): readonly (Entry & { readonly definition: Definition | LazyDefinition })[]
  replace(entry: Entry, definition: Definition): void
}

type Held = Entry & { readonly definition: Definition | LazyDefinition }

/**
 * The entries of some plugins. Throws `SandglassError` (`plugin`) when two define the same type, one is for another API
 * version, or one needs a plugin that is not among them.
 */
export function createEntries(plugins: readonly Plugin[]): Entries {
  const held = new Map<string, Held>()
  for (const plugin of plugins) register(plugin, held)
  for (const plugin of plugins) checkRequirements(plugin, plugins)
  const list = (kind?: Kind): Entry[] =>
    [...held.values()]
      .filter((entry) => !kind || entry.kind === kind)
      .map(({ definition: _, ...entry }) => entry)
  return {
    list,
    has: (kind, type) => held.has(keyOf({ kind, type })),
    find: (kind, type, path) => {
      const entry = held.get(keyOf({ kind, type }))
      if (entry) return entry.definition
      throw unknownType({ kind, type }, path, list())
    },
    all: () => [...held.values()],
    replace: (entry, definition) => void held.set(keyOf(entry), { ...entry, definition }),
  }
}

/** Tells the types of all kinds apart. */
export function keyOf({ kind, type }: Pick<Entry, 'kind' | 'type'>): string {
  return `${kind} ${type}`
}

function register(plugin: Plugin, held: Map<string, Held>): void {
  const { name, version } = plugin
  if (plugin.apiVersion !== API_VERSION)
    throw new SandglassError('plugin', `plugin ${name} ${version} cannot be used`, {
      got: `a plugin for API version ${plugin.apiVersion}`,
      expected: `API version ${API_VERSION}`,
      advice: `Install a version of ${name} that matches this version of @sandglass/core.`,
    })
  for (const definition of plugin.definitions) {
    const { kind, type, description } = definition
    const other = held.get(keyOf(definition))
    if (other)
      throw new SandglassError('plugin', `${kind} "${type}" is defined twice`, {
        got: `definitions from ${other.plugin.name} ${other.plugin.version} and ${name} ${version}`,
        expected: 'one definition per type',
        advice: 'Leave one plugin out of createRegistry, or rename the type to "namespace/name".',
      })
    held.set(keyOf(definition), { kind, type, description, plugin: { name, version }, definition })
  }
}

function checkRequirements({ name, requires = [] }: Plugin, plugins: readonly Plugin[]): void {
  const missing = requires.filter((needed) => !plugins.some((other) => other.name === needed))
  if (missing.length)
    throw new SandglassError('plugin', `plugin ${name} needs other plugins`, {
      got: `a registry without ${missing.join(', ')}`,
      advice: `Add ${missing.join(', ')} to createRegistry([...]).`,
    })
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

function unknownType(
  { kind, type }: Pick<Entry, 'kind' | 'type'>,
  path: string,
  entries: readonly Entry[],
): SandglassError {
  const types = entries.filter((entry) => entry.kind === kind).map((entry) => entry.type)
  const close = nearest(type, types)
  return new SandglassError('spec', `${path}: unknown ${kind} type ${describe(type)}`, {
    expected: types.length ? `one of ${types.join(', ')}` : `a registered ${kind}, of which there are none`,
    advice: close ? `Did you mean "${close}"?` : whereToFind(kind, type, entries),
  })
}

function whereToFind(kind: Kind, type: string, entries: readonly Entry[]): string {
  const namespace = type.includes('/') ? type.slice(0, type.indexOf('/')) : undefined
  const provider = entries.find((entry) => namespace && entry.type.startsWith(`${namespace}/`))?.plugin
  if (provider)
    return `${provider.name} ${provider.version} provides "${namespace}/…", but not this: another version may.`
  const known = namespace
    ? `that provides ${describe(`${namespace}/…`)}`
    : PROVIDERS[kind] && `of ${PROVIDERS[kind]}`
  return `Add the plugin ${known ?? 'that defines it'} to createRegistry([...]).`
}
