import type { Scalars } from '@sandglass/core'

/** Numbers by name as JSON keeps them: those that are not finite as words. */
export type NumberRecord = Record<string, number | 'NaN' | 'Infinity' | '-Infinity'>

export function encodeNumbers(scalars: Scalars): NumberRecord {
  return Object.fromEntries(
    Object.entries(scalars).map(([name, value]) => [name, Number.isFinite(value) ? value : String(value)]),
  ) as NumberRecord
}

export function decodeNumbers(record: NumberRecord): Scalars {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, Number(value)]))
}
