import { z } from 'zod'
import { type Definition, isSpec, type Kind, referredKind } from '../definition'
import { article, describeValue, isPlainObject, isPromise } from '../describe-value'
import { SandglassError } from '../errors'
import { malformedOptions } from '../malformed-options'
import type { Spec } from '../spec'
import { checkKeys } from './check-keys'
import { keyOf } from './entries'

/** What parsing needs to know, and tells. */
export interface Parsing {
  /** The definition of a type; throws when there is none. */
  resolve(kind: Kind, type: string, path: string): Definition
  /** Takes the key of every type that the spec refers to. */
  readonly used?: Set<string>
}

/** A spec (or a bare type) in full: validated, with its defaults, nested specs too. Throws `SandglassError` (`spec`). */
export function parseSpec(parsing: Parsing, kind: Kind, value: unknown, path: string = kind): Spec {
  const { type, ...options } = asSpec(kind, value, path)
  const { schema, aliases } = parsing.resolve(kind, type, path)
  parsing.used?.add(keyOf({ kind, type }))
  const result = schema.safeParse(options)
  if (!result.success) throw malformedOptions(`${kind} "${type}"`, path, schema, result.error, aliases)
  return { type, ...parsedFields(parsing, schema, result.data, path) }
}

function asSpec(kind: Kind, value: unknown, path: string): Spec {
  if (typeof value === 'string') return { type: value }
  if (Array.isArray(value) || isPlainObject(value)) checkKeys(value, path)
  if (isPlainObject(value) && isSpec(value)) return value
  throw new SandglassError('spec', `${path}: not a spec of ${article(kind)}`, {
    got: describeValue(value),
    expected: `an object like { "type": "…", … } or the name of ${article(kind)}`,
    advice: adviceFor(value),
  })
}

/** What to do with things that are often given in place of a spec. */
function adviceFor(value: unknown): string | undefined {
  if (isPromise(value)) return 'Await it first.'
  if (typeof value === 'function') return 'type' in value ? `Call it: ${String(value.type)}().` : undefined
  if (isPlainObject(value) && typeof value.class_name === 'string')
    return 'This is how Keras writes it. Here the options stand beside the type: { "type": "dense", "units": 3 }.'
  return undefined
}

/** The value of an option, with the specs in it in full. */
function parsedOption(parsing: Parsing, schema: unknown, value: unknown, path: string): unknown {
  if (!(schema instanceof z.ZodType) || value === undefined || value === null) return value
  const kind = referredKind(schema)
  if (kind) return parseSpec(parsing, kind, value, path)
  if (schema instanceof z.ZodObject) return parsedFields(parsing, schema, value, path)
  if (schema instanceof z.ZodArray && Array.isArray(value))
    return value.map((child, i) => parsedOption(parsing, schema.element, child, `${path}[${i}]`))
  if (schema instanceof z.ZodRecord)
    return mapFields(value, (child, key) => parsedOption(parsing, schema.valueType, child, `${path}.${key}`))
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable
  )
    return parsedOption(parsing, schema.unwrap(), value, path)
  if (schema instanceof z.ZodUnion) {
    const refers = (option: unknown) => option instanceof z.ZodType && referredKind(option) && isRecord(value)
    return parsedOption(parsing, schema.options.find(refers), value, path)
  }
  return value
}

function parsedFields(parsing: Parsing, schema: z.ZodObject, value: object, path: string) {
  return mapFields(value, (child, key) => parsedOption(parsing, schema.shape[key], child, `${path}.${key}`))
}

function mapFields(value: object, change: (child: unknown, key: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, change(child, key)]))
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
