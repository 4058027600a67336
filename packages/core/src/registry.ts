import { z } from 'zod'
import {
  type Built,
  type Definition,
  type Kind,
  type LazyDefinition,
  referredKind,
  type Site,
} from './definition'
import { SandglassError } from './errors'
import { jsonSchemaOf } from './json-schema'
import { malformedOptions } from './malformed-options'
import { nearest } from './nearest'
import { API_VERSION, type Plugin } from './plugin'
import type { Json, Spec } from './spec'

export interface Entry {
  readonly kind: Kind
  readonly type: string
  readonly description: string
  readonly plugin: { readonly name: string; readonly version: string }
}

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
}

/** Builds a registry. Throws when two plugins define the same type, or a plugin is for another API version. */
export function createRegistry(plugins: readonly Plugin[]): Registry {
  const entries = new Map<string, Entry & { definition: Definition | LazyDefinition }>()
  for (const plugin of plugins) register(plugin)
  for (const plugin of plugins) checkRequirements(plugin)

  function register(plugin: Plugin) {
    if (plugin.apiVersion !== API_VERSION)
      throw new SandglassError('plugin', `plugin ${plugin.name} ${plugin.version} cannot be used`, {
        got: `a plugin for API version ${plugin.apiVersion}`,
        expected: `API version ${API_VERSION}`,
        advice: `Install a version of ${plugin.name} that matches this version of @sandglass/core.`,
      })
    for (const definition of plugin.definitions) {
      const { kind, type, description } = definition
      const key = `${kind} ${type}`
      const other = entries.get(key)
      if (other)
        throw new SandglassError('plugin', `${kind} "${type}" is defined twice`, {
          got: `definitions from ${other.plugin.name} ${other.plugin.version} and ${plugin.name} ${plugin.version}`,
          expected: 'one definition per type',
          advice: 'Leave one plugin out of createRegistry, or rename the type to "namespace/name".',
        })
      entries.set(key, {
        kind,
        type,
        description,
        plugin: { name: plugin.name, version: plugin.version },
        definition,
      })
    }
  }

  function checkRequirements(plugin: Plugin) {
    const missing = plugin.requires?.filter((name) => !plugins.some((other) => other.name === name)) ?? []
    if (missing.length)
      throw new SandglassError('plugin', `plugin ${plugin.name} needs other plugins`, {
        got: `a registry without ${missing.join(', ')}`,
        advice: `Add ${missing.join(', ')} to createRegistry([...]).`,
      })
  }

  function lookup(kind: Kind, type: string, path: string) {
    const entry = entries.get(`${kind} ${type}`)
    if (entry) return entry
    const types = list(kind).map((e) => e.type)
    const close = nearest(type, types)
    throw new SandglassError('spec', `${path}: unknown ${kind} type ${describe(type)}`, {
      expected: types.length ? `one of ${types.join(', ')}` : `a registered ${kind}, of which there are none`,
      advice: close ? `Did you mean "${close}"?` : whereToFind(kind, type),
    })
  }

  function whereToFind(kind: Kind, type: string): string {
    const namespace = type.includes('/') ? type.slice(0, type.indexOf('/')) : undefined
    const provider = list().find((entry) => namespace && entry.type.startsWith(`${namespace}/`))?.plugin
    if (provider)
      return `${provider.name} ${provider.version} provides "${namespace}/…", but not this: another version may.`
    const known = namespace
      ? `that provides ${describe(`${namespace}/…`)}`
      : PROVIDERS[kind] && `of ${PROVIDERS[kind]}`
    return `Add the plugin ${known ?? 'that defines it'} to createRegistry([...]).`
  }

  function resolved(kind: Kind, type: string, path: string): Definition {
    const { definition } = lookup(kind, type, path)
    if ('load' in definition)
      throw new SandglassError('plugin', `${path}: ${kind} "${type}" is not loaded yet`, {
        advice: 'Call `await registry.load(spec)` first.',
      })
    return definition
  }

  function list(kind?: Kind): Entry[] {
    return [...entries.values()]
      .filter((entry) => !kind || entry.kind === kind)
      .map(({ definition: _, ...entry }) => entry)
  }

  async function load(spec: unknown): Promise<void> {
    checkKeys(spec, 'spec')
    const wanted = new Set<string>()
    collectTypes(spec, wanted)
    await Promise.all(
      [...entries.entries()].map(async ([key, entry]) => {
        if (wanted.has(entry.type) && 'load' in entry.definition)
          entries.set(key, { ...entry, definition: await loaded(entry, entry.definition) })
      }),
    )
  }

  async function loaded({ kind, type, plugin }: Entry, lazy: LazyDefinition): Promise<Definition> {
    const what = `${kind} "${type}" of plugin ${plugin.name} cannot be loaded`
    const definition = await lazy.load().catch((cause: unknown) => {
      throw new SandglassError('plugin', what, { got: String(cause), cause })
    })
    if (definition.kind !== kind || definition.type !== type)
      throw new SandglassError('plugin', what, {
        got: `the definition of ${definition.kind} "${definition.type}"`,
        expected: `that of ${kind} "${type}"`,
      })
    return definition
  }

  function parse(kind: Kind, value: unknown, path: string = kind, used?: Set<string>): Spec {
    const spec = asSpec(kind, value, path)
    const { type, ...options } = spec
    const { schema } = resolved(kind, type, path)
    used?.add(`${kind} ${type}`)
    const result = schema.safeParse(options)
    if (!result.success) throw malformedOptions(`${kind} "${type}"`, path, schema, result.error)
    return { type, ...(resolveReferences(schema, result.data, path, used) as object) }
  }

  function resolveReferences(schema: z.ZodType, value: unknown, path: string, used?: Set<string>): unknown {
    const kind = referredKind(schema)
    if (value === undefined || value === null) return value
    if (kind) return parse(kind, value, path, used)
    if (schema instanceof z.ZodObject)
      return Object.fromEntries(
        Object.entries(value).map(([key, child]) => [
          key,
          schema.shape[key] ? resolveReferences(schema.shape[key], child, `${path}.${key}`, used) : child,
        ]),
      )
    if (schema instanceof z.ZodArray && Array.isArray(value))
      return value.map((child, i) =>
        resolveReferences(schema.element as z.ZodType, child, `${path}[${i}]`, used),
      )
    if (schema instanceof z.ZodRecord)
      return Object.fromEntries(
        Object.entries(value).map(([key, child]) => [
          key,
          resolveReferences(schema.valueType as z.ZodType, child, `${path}.${key}`, used),
        ]),
      )
    if (
      schema instanceof z.ZodOptional ||
      schema instanceof z.ZodDefault ||
      schema instanceof z.ZodPrefault ||
      schema instanceof z.ZodNullable
    )
      return resolveReferences(schema.unwrap() as z.ZodType, value, path, used)
    if (schema instanceof z.ZodUnion) {
      const option = (schema.options as z.ZodType[]).find((o) => referredKind(o) && asObject(value))
      return option ? resolveReferences(option, value, path, used) : value
    }
    return value
  }

  return {
    plugins: Object.freeze([...plugins]),
    list,
    load,
    parse: (kind, spec, path) => parse(kind, spec, path),
    uses: (kind, spec) => {
      const used = new Set<string>()
      parse(kind, spec, kind, used)
      return list().filter((entry) => used.has(`${entry.kind} ${entry.type}`))
    },
    has: (kind, type) => entries.has(`${kind} ${type}`),
    get: (kind, type) => resolved(kind, type, kind) as never,
    build: (kind, spec, ...site) => {
      const parsed = parse(kind, spec, (site[0] as { path?: string } | undefined)?.path ?? kind)
      return resolved(kind, parsed.type, kind).build(parsed as never, site[0] as never) as never
    },
    jsonSchema: () =>
      jsonSchemaOf(
        [...entries.values()].flatMap(({ definition }) => ('load' in definition ? [] : [definition])),
      ),
  }
}

/** Who provides a kind of which core has nothing. */
const PROVIDERS: Partial<Record<Kind, string>> = {
  backend: '@sandglass/trainer',
  corruption: '@sandglass/regularizers',
  dataset: '@sandglass/datasets',
  mappingRegularizer: '@sandglass/regularizers',
  optimizer: '@sandglass/trainer',
  regularizer: '@sandglass/regularizers',
}

/** Specs nested deeper than any honest one. */
const MAX_DEPTH = 64

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

function asObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asSpec(kind: Kind, value: unknown, path: string): Spec {
  if (typeof value === 'string') return { type: value }
  checkKeys(value, path)
  if (!asObject(value) || typeof value.type !== 'string')
    throw new SandglassError('spec', `${path}: not a spec of a ${kind}`, {
      got: describe(value),
      expected: `an object like { "type": "…", … } or the name of a ${kind}`,
    })
  return value as unknown as Spec
}

/** Refuses keys that could reach a prototype, at any depth, and depths without end. */
function checkKeys(value: unknown, path: string, depth = 0): void {
  if (typeof value !== 'object' || value === null) return
  if (depth > MAX_DEPTH)
    throw new SandglassError('spec', `${path.slice(0, 60)}…: the spec is nested too deeply`, {
      expected: `at most ${MAX_DEPTH} levels`,
    })
  for (const key of Object.getOwnPropertyNames(value)) {
    if (FORBIDDEN_KEYS.has(key))
      throw new SandglassError('spec', `${path}: the key "${key}" is not allowed in a spec`)
    const at = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`
    checkKeys((value as Record<string, unknown>)[key], at, depth + 1)
  }
}

function describe(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  const quoted = typeof value === 'object' || typeof value === 'string'
  const text = quoted
    ? JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? String(v) : v))
    : String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function collectTypes(value: unknown, types: Set<string>): void {
  if (typeof value === 'string') types.add(value)
  else if (typeof value === 'object' && value !== null)
    for (const child of Object.values(value)) collectTypes(child, types)
}
