import type { z } from 'zod'
import { describeValue, isPlainObject } from './describe-value'
import { SandglassError } from './errors'

/** Levels that are searched for what is no plain data. */
const DEPTH = 64

/** A copy of what a factory of specs was given. Throws `SandglassError` (`spec`) unless that is an object of plain data. */
export function plainOptions(type: string, schema: z.ZodObject, options: unknown): object {
  if (!isPlainObject(options))
    throw new SandglassError('spec', `${type}() takes its options as one object`, {
      got: describeValue(options),
      expected: example(type, Object.keys(schema.shape)),
    })
  try {
    return structuredClone(options)
  } catch (cause) {
    const [path, value] = notPlain(options, '', 0) ?? ['', options]
    throw new SandglassError('spec', `${type}(): the option "${path}" is not plain data`, {
      got: describeValue(value),
      expected: 'the name of a type, a spec, or another value that JSON can hold',
      advice: adviceFor(value),
      cause,
    })
  }
}

/** `dense({ units, activation, useBias, … })` */
function example(type: string, names: readonly string[]): string {
  if (!names.length) return `${type}()`
  return `${type}({ ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''} })`
}

function adviceFor(value: unknown): string | undefined {
  if (typeof value !== 'function') return undefined
  const { type } = value as { type?: unknown }
  if (typeof type === 'string') return `Call it: ${type}(), or give its name: '${type}'.`
  return 'A function of your own becomes a type of its own with define(…), in a plugin.'
}

/** The first thing that cannot be copied, and where it is. */
function notPlain(value: unknown, path: string, depth: number): [string, unknown] | undefined {
  if (typeof value === 'function' || typeof value === 'symbol') return [path, value]
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || depth > DEPTH)
    return undefined
  if (!Array.isArray(value) && !isPlainObject(value)) return [path, value]
  for (const [key, child] of Object.entries(value)) {
    const found = notPlain(child, path ? `${path}.${key}` : key, depth + 1)
    if (found) return found
  }
  return undefined
}
