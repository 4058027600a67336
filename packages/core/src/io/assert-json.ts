import { SandglassError } from '../errors'
import type { Json } from '../spec'
import { forbiddenKeys, isWellFormed, type JsonLimits } from './strict-json'

/**
 * Throws `SandglassError` (`data`), naming the place below `path`, when `value` would come back from JSON as something
 * else: NaN and infinities become null, dates strings, functions nothing. Options that are undefined count as absent.
 */
export function assertJson(
  value: unknown,
  path: string,
  { depth, containers }: JsonLimits,
): asserts value is Json {
  let count = 0
  check(value, path, 0)

  function check(value: unknown, path: string, level: number): void {
    if (value === null || typeof value === 'boolean') return
    if (typeof value === 'string') {
      if (!isWellFormed(value)) throw refusal(path, 'half a surrogate pair', 'text')
      return
    }
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) throw refusal(path, String(value), 'a finite number')
      return
    }
    if (!isArray(value) && !isPlainObject(value)) throw refusal(path, describe(value), 'plain JSON')
    if (level === depth) throw refusal(path, `nesting deeper than ${depth}`, 'a flatter value')
    if (++count > containers) throw refusal(path, `more than ${containers} objects and arrays`, 'fewer')
    if (isArray(value)) {
      // By index: iteration methods skip holes.
      for (let i = 0; i < value.length; i++) check(value[i], `${path}[${i}]`, level + 1)
      return
    }
    for (const [key, child] of Object.entries(value)) {
      if (forbiddenKeys.has(key) || !isWellFormed(key))
        throw refusal(path, `the key ${JSON.stringify(key)}`, 'ordinary keys')
      if (child !== undefined) check(child, `${path}.${key}`, level + 1)
    }
  }
}

function refusal(path: string, got: string, expected: string): SandglassError {
  return new SandglassError('data', `${path} cannot be written as JSON`, { got, expected })
}

function isArray(value: unknown): value is unknown[] {
  return Array.isArray(value)
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function describe(value: unknown): string {
  return typeof value === 'object'
    ? `a ${Object.prototype.toString.call(value).slice(8, -1)}`
    : typeof value === 'undefined'
      ? 'undefined'
      : `a ${typeof value}`
}
