import type { Definition, LazyDefinition } from './definition'

/** Version of the contracts in this package that plugins are written against. */
export const API_VERSION = 1

/** A named, versioned list of definitions. */
export interface Plugin {
  /** Package name: `@acme/sandglass-tv`. */
  readonly name: string
  readonly version: string
  readonly apiVersion: number
  readonly definitions: readonly (Definition | LazyDefinition)[]
  /** Names of plugins that must be in the same registry. */
  readonly requires?: readonly string[]
}

/** Says how a plugin is added to a registry, for errors: `what` names it in words, `name` is the package if it is known. */
export type HowToAdd = (what: string, name?: string) => string

/** Declares a plugin; a package's default export. */
export function definePlugin(plugin: Plugin): Plugin {
  return Object.freeze({ ...plugin, definitions: Object.freeze([...plugin.definitions]) })
}
