import { type Definition, freezeDeep, isSandglassError, type Spec } from '@sandglass/core'
import { expectError } from '../expect-error'
import { type Checker, demand } from './checker'

/** The spec that the definition's factory makes of `options`. */
export function specOf(definition: Definition, options: object = {}): Spec {
  return typeof definition === 'function'
    ? (definition as (options: object) => Spec)(options)
    : freezeDeep(structuredClone({ type: definition.type, ...options }))
}

/** What holds for specs of every kind. */
export function checkSpec({ check, registry }: Checker, definition: Definition, options: object): void {
  const { kind, type, schema } = definition
  const spec = specOf(definition, options)

  check('frozen', () => {
    demand(frozen(spec), 'the factory returns a spec that can be changed')
    demand(spec.type === type, `the factory makes specs of type "${spec.type}"`)
    const given = structuredClone(options)
    const made = JSON.stringify(specOf(definition, given))
    demand(!Object.isFrozen(given), 'the factory freezes the options it is given')
    for (const value of Object.values(given)) if (Array.isArray(value)) value.push('later')
    demand(
      JSON.stringify(specOf(definition, options)) === made,
      'the spec changes with the options it was made from',
    )
  })

  check('round trip', () => {
    const copy = JSON.parse(JSON.stringify(spec)) as unknown
    demand(canonical(copy) === canonical(spec), 'the spec does not survive JSON')
    const parsed = registry.parse(kind, spec)
    demand(
      canonical(registry.parse(kind, copy)) === canonical(parsed),
      'its JSON copy parses to something else',
    )
    demand(canonical(registry.parse(kind, parsed)) === canonical(parsed), 'parsing twice is not parsing once')
    const stored = JSON.parse(JSON.stringify(parsed)) as unknown
    demand(canonical(stored) === canonical(parsed), 'the parsed spec does not survive JSON')
  })

  check('bad options', () => {
    const names = Object.keys(schema.shape)
    const name = 'quite unknown'
    const error = expectError(() => registry.parse(kind, { ...spec, [name]: 1 }), { code: 'spec' })
    demand(
      error.message.includes(`"${name}"`),
      `the error does not name the unknown option: ${error.message}`,
    )
    demand(error.message.includes(`"${type}"`), `the error does not name the type: ${error.message}`)
    const long = names.find((n) => n.length > 4 && !names.includes(n.slice(0, -1)))
    if (long) {
      const misspelt = expectError(() => registry.parse(kind, { ...spec, [long.slice(0, -1)]: 1 }), {
        code: 'spec',
      })
      demand(misspelt.message.includes('did you mean "'), `no spelling is suggested: ${misspelt.message}`)
    }
    for (const key of ['__proto__', 'constructor', 'prototype'])
      expectError(() => registry.parse(kind, JSON.parse(`{"type":${JSON.stringify(type)},"${key}":{}}`)), {
        code: 'spec',
      })
  })

  check('aliases', () => {
    const { type: types = [], options: called = {}, absent = {} } = definition.aliases ?? {}
    const names = Object.keys(schema.shape)
    const known = registry.list(kind).map((entry) => entry.type)
    for (const alias of types)
      demand(
        !known.includes(alias),
        `the alias "${alias}" is itself the name of ${/^[aeio]/.test(kind) ? 'an' : 'a'} ${kind}`,
      )
    for (const [name, aliases] of Object.entries(called)) {
      demand(names.includes(name), `"${name}" has aliases, but is no option`)
      for (const alias of aliases ?? [])
        demand(!names.includes(alias), `the alias "${alias}" is itself an option`)
    }
    for (const [name, advice] of Object.entries(absent)) {
      demand(!names.includes(name), `"${name}" is said to be absent, but is an option`)
      demand(
        !/\.$|^[A-Z]/.test(advice),
        `the advice on "${name}" is part of a sentence: no capital, no full stop`,
      )
    }
  })

  check('JSON schema', () => {
    const { $defs } = registry.jsonSchema() as {
      $defs: Record<string, { properties?: object; description?: string }>
    }
    const schemaOfType = $defs[`${kind}/${type}`]
    demand(schemaOfType !== undefined, 'it is missing in the JSON schema')
    const missing = Object.keys(schema.shape).filter((name) => !(name in (schemaOfType.properties ?? {})))
    demand(missing.length === 0, `the JSON schema lacks ${missing.join(', ')}`)
    demand(definition.description.trim().length > 0, 'it has no description')
  })
}

/** Specs that must be refused, at parsing or building, with a SandglassError whose text matches. */
export function checkRefusal({ check }: Checker, build: () => unknown, message: RegExp): void {
  check('error texts', () => {
    const error = expectError(build, { message })
    demand(isSandglassError(error), `a ${error.name} was thrown, not a SandglassError: ${error.message}`)
  })
}

function frozen(value: unknown): boolean {
  return (
    typeof value !== 'object' ||
    value === null ||
    (Object.isFrozen(value) && Object.values(value).every(frozen))
  )
}

/** JSON with sorted keys; what JSON would quietly change (NaN, functions, dates) is kept apart. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' ? JSON.stringify(value) : String(value)
  if (Object.getPrototypeOf(value) !== Object.prototype) return `${value.constructor?.name} ${String(value)}`
  const entries = Object.entries(value).filter(([, v]) => v !== undefined)
  return `{${entries
    .map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`)
    .sort()
    .join()}}`
}
