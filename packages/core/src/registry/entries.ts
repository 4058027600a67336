import type { Definition, Kind, LazyDefinition } from '../definition'
import { SandglassError } from '../errors'
import { API_VERSION, type HowToAdd, type Plugin } from '../plugin'
import { checkPlugins } from './check-plugins'
import type { Entry } from './entry'
import { unknownType } from './unknown-type'

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
 * version, one needs a plugin that is not among them, or something is no plugin. `howToAdd` words the advice.
 */
export function createEntries(plugins: readonly Plugin[], howToAdd: HowToAdd): Entries {
  checkPlugins(plugins)
  const held = new Map<string, Held>()
  for (const plugin of plugins) register(plugin, held)
  for (const plugin of plugins) checkRequirements(plugin, plugins, howToAdd)
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
      throw unknownType({ kind, type, path, entries: list(), plugins, howToAdd })
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
    const { kind, type, description, aliases } = definition
    const other = held.get(keyOf(definition))
    if (other)
      throw new SandglassError('plugin', `${kind} "${type}" is defined twice`, {
        got: `definitions from ${other.plugin.name} ${other.plugin.version} and ${name} ${version}`,
        expected: 'one definition per type',
        advice: 'Leave one of the plugins out, or rename the type to "namespace/name".',
      })
    held.set(keyOf(definition), {
      kind,
      type,
      description,
      ...(aliases?.type && { aliases: aliases.type }),
      plugin: { name, version },
      definition,
    })
  }
}

function checkRequirements(
  { name, requires = [] }: Plugin,
  plugins: readonly Plugin[],
  howToAdd: HowToAdd,
): void {
  const missing = requires.filter((needed) => !plugins.some((other) => other.name === needed))
  if (missing.length)
    throw new SandglassError('plugin', `plugin ${name} needs other plugins`, {
      got: `no ${missing.join(', ')}`,
      advice: howToAdd(missing.join(', '), missing.length === 1 ? missing[0] : undefined),
    })
}
