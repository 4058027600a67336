import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assertJson } from './assert-json'

const limits = { depth: 3, containers: 5 }

test.each<[string, unknown, RegExp]>([
  [
    'NaN',
    { history: [{ loss: Number.NaN }] },
    /^extras\.history\[0\]\.loss cannot be written as JSON\. Got NaN; expected a finite number/,
  ],
  ['infinity', [1, Number.NEGATIVE_INFINITY], /^extras\[1\] .*Got -Infinity/],
  ['a function', { f: () => 1 }, /^extras\.f .*Got a function; expected plain JSON/],
  ['a date', { when: new Date(0) }, /Got a Date/],
  ['a map', { m: new Map() }, /Got a Map/],
  ['a typed array', { a: Float32Array.of(1) }, /Got a Float32Array/],
  ['a class of its own', { a: new (class Point {})() }, /Got a Object/],
  ['something that writes itself', { a: { toJSON: () => 1 } }, /Got a Object/],
  ['a bigint', 1n, /Got a bigint/],
  ['nothing', undefined, /Got undefined/],
  ['a hole', Object.assign([1], { 2: 3 }), /^extras\[1\] .*Got undefined/],
  ['__proto__', JSON.parse('{"a":{"__proto__":1}}'), /^extras\.a .*Got the key "__proto__"/],
  ['half a surrogate pair', ['\ud800'], /half a surrogate pair/],
  ['a key with half a surrogate pair', { '\ud800': 1 }, /Got the key "\\ud800"/],
  ['depth', [[[[]]]], /^extras\[0\]\[0\]\[0\] .*deeper than 3/],
  ['number', [[], [], [], [], []], /more than 5 objects and arrays/],
])('%s is refused', (_, value, message) => {
  expectError(() => assertJson(value, 'extras', limits), { code: 'data', message })
})

test('a circle is refused, not followed for ever', () => {
  const circle: unknown[] = []
  circle.push(circle)
  expectError(() => assertJson(circle, 'extras', limits), { code: 'data', message: /deeper than 3/ })
})

test('what passes comes back from JSON as it was', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true, withDate: true, withMap: true }), (value) => {
      try {
        assertJson(value, 'x', { depth: 20, containers: 1000 })
      } catch {
        return
      }
      // Undefined properties count as absent, and JSON knows one zero and one prototype.
      const text = JSON.stringify(value)
      expect(JSON.stringify(JSON.parse(text))).toBe(text)
      expect(JSON.parse(text)).toEqual(structuredClone(zeroed(value)))
    }),
    { numRuns: 2000, seed: 4 },
  )
})

function zeroed(value: unknown): unknown {
  if (Object.is(value, -0)) return 0
  if (Array.isArray(value)) return value.map(zeroed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, zeroed(child)]))
}
