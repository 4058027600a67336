import { SandglassError } from '../errors'

/** Specs nested deeper than any honest one. */
const MAX_DEPTH = 64

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

/** Refuses keys that could reach a prototype, at any depth, and depths without end: `SandglassError` (`spec`). */
export function checkKeys(value: unknown, path: string, depth = 0): void {
  if (typeof value !== 'object' || value === null) return
  if (depth > MAX_DEPTH)
    throw new SandglassError('spec', `${path.slice(0, 60)}…: the spec is nested too deeply`, {
      expected: `at most ${MAX_DEPTH} levels`,
    })
  for (const key of Object.getOwnPropertyNames(value)) {
    if (FORBIDDEN.has(key))
      throw new SandglassError('spec', `${path}: the key "${key}" is not allowed in a spec`)
    const at = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`
    checkKeys((value as Record<string, unknown>)[key], at, depth + 1)
  }
}
