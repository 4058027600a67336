import { z } from 'zod'
import { type Definition, referredKind } from './definition'
import type { Json } from './spec'

/** JSON Schema (2020-12) of a set of definitions: `$defs.layer` is any layer, `$defs["layer/dense"]` one. */
export function jsonSchemaOf(definitions: readonly Definition[]): Json {
  const defs: Record<string, Json> = {}
  const kinds = new Set<string>(definitions.map(({ kind }) => kind))
  for (const definition of definitions) {
    const { kind, type, description, schema } = definition
    const options = z.toJSONSchema(schema, {
      io: 'input',
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        const referred = referredKind(zodSchema as unknown as z.ZodType)
        if (!referred) return
        for (const key of Object.keys(jsonSchema)) delete jsonSchema[key]
        kinds.add(referred)
        jsonSchema.$ref = `#/$defs/${referred}`
      },
    }) as { properties?: Record<string, Json>; required?: string[] }
    defs[`${kind}/${type}`] = {
      type: 'object',
      description,
      properties: { type: { const: type }, ...options.properties },
      required: ['type', ...(options.required ?? [])],
      additionalProperties: false,
    }
  }
  for (const kind of kinds) {
    const own = definitions.filter((d) => d.kind === kind)
    if (!own.length) {
      // Options may refer to kinds of which nothing is registered: no spec of them is valid.
      defs[kind] = { not: {} }
      continue
    }
    const bare = own.filter((d) => d.schema.safeParse({}).success).map((d) => d.type)
    defs[kind] = {
      anyOf: [
        ...own.map((d) => ({
          $ref: `#/$defs/${kind}~1${d.type.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        })),
        ...(bare.length ? [{ enum: bare }] : []),
      ],
    }
  }
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', $defs: defs }
}
