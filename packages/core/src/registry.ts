import type { Built, Definition, Kind, Site } from './definition'
import { SandglassError } from './errors'
import { jsonSchemaOf } from './json-schema'
import type { HowToAdd, Plugin } from './plugin'
import { createEntries, keyOf } from './registry/entries'
import type { Entry } from './registry/entry'
import { loadDefinitions } from './registry/load-definitions'
import { parseSpec } from './registry/parse-spec'
import type { Json, Spec } from './spec'

/** Gives specs their meaning: an instance built from plugins, with no global state. */
export interface Registry {
  readonly plugins: readonly Plugin[]
  /** What is registered, of one kind or all. */
  list(kind?: Kind): Entry[]
  has(kind: Kind, type: string): boolean
  /** The definition; throws when unknown, or lazy and not yet loaded. */
  get<K extends Kind>(kind: K, type: string): Definition<K>
  /** Imports the lazy definitions that `spec` (at any depth) needs. */
  load(spec: unknown): Promise<void>
  /** Validates a spec (or a bare type name) and fills in defaults, nested specs too. `path` is for messages. */
  parse(kind: Kind, spec: unknown, path?: string): Spec
  /** What `spec` refers to at any depth, defaults included: what must be registered to read it again. */
  uses(kind: Kind, spec: unknown): Entry[]
  /** Parses and builds a spec. */
  build<K extends Kind>(
    kind: K,
    spec: unknown,
    ...site: Site<K> extends undefined ? [] : [site: Site<K>]
  ): Built<K>
  /** JSON Schema of everything registered; `$defs` holds one entry a kind. */
  jsonSchema(): Json
  readonly howToAdd: HowToAdd
}

export interface RegistryOptions {
  /** In place of advice to call `createRegistry`, for those who do not: the command line has an option for it. */
  readonly howToAdd?: HowToAdd
}

/**
 * Builds a registry. Throws `SandglassError` (`plugin`) when two plugins define the same type, one is for another API
 * version, one needs a plugin that is not given, or something is no plugin.
 *
 * @example
 * const registry = createRegistry([core, regularizers, acme])
 */
export function createRegistry(
  plugins: readonly Plugin[],
  { howToAdd = (what) => `Add ${what} to createRegistry([...]).` }: RegistryOptions = {},
): Registry {
  const entries = createEntries(plugins, howToAdd)

  function resolve(kind: Kind, type: string, path: string): Definition {
    const definition = entries.find(kind, type, path)
    if ('load' in definition)
      throw new SandglassError('plugin', `${path}: ${kind} "${type}" is not loaded yet`, {
        advice: 'Call `await registry.load(spec)` first.',
      })
    return definition
  }

  return {
    plugins: Object.freeze([...plugins]),
    howToAdd,
    list: entries.list,
    has: entries.has,
    get: (kind, type) => resolve(kind, type, kind) as never,
    load: (spec) => loadDefinitions(entries, spec),
    parse: (kind, spec, path) => parseSpec({ resolve }, kind, spec, path),
    uses: (kind, spec) => {
      const used = new Set<string>()
      parseSpec({ resolve, used }, kind, spec)
      return entries.list().filter((entry) => used.has(keyOf(entry)))
    },
    build: (kind, spec, ...[site]) => {
      const path = typeof site === 'object' && 'path' in site ? String(site.path) : kind
      const parsed = parseSpec({ resolve }, kind, spec, path)
      return resolve(kind, parsed.type, kind).build(parsed as never, site as never) as never
    },
    jsonSchema: () =>
      jsonSchemaOf(entries.all().flatMap(({ definition }) => ('load' in definition ? [] : [definition]))),
  }
}
