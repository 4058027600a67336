import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseStrictJson } from './strict-json'

const limits = { depth: 5, containers: 20 }
const fault = (text: string, plain = false) => parseStrictJson(text, { ...limits, plain }).fault

test.each([
  ['{"a":1,"a":2}', 'repeats the key "a"'],
  ['{"a":1,"\\u0061":2}', 'repeats the key "a"'],
  ['{"x":{"b":[],"b":{}}}', 'repeats the key "b"'],
  ['{"__proto__":{}}', 'has the forbidden key "__proto__"'],
  ['[{"\\u005f_proto__":1}]', 'has the forbidden key "__proto__"'],
  ['{"a":[{"constructor":1}]}', 'has the forbidden key "constructor"'],
  ['{"prototype":1}', 'has the forbidden key "prototype"'],
  ['[[[[[[]]]]]]', 'nests deeper than 5'],
  [`[${'[],'.repeat(20)}[]]`, 'holds more than 20 objects and arrays'],
  ['["\\ud800"]', 'holds half a surrogate pair'],
  ['{"\\udc00":1}', 'holds half a surrogate pair'],
  ['["abc', 'ends within a string'],
  ['["abc\\"', 'ends within a string'],
  ['["\\x"]', 'is not JSON'],
  ['', 'is not JSON'],
  ['[1,]', 'is not JSON'],
  ['[01]', 'is not JSON'],
  ["{'a':1}", 'is not JSON'],
  ['[1] 2', 'is not JSON'],
  ['["\n"]', 'is not JSON'],
])('%s %s', (text, expected) => {
  expect(fault(text)).toBe(expected)
})

test.each(['[-1]', '[1.5]', '[1e3]', '[true]', '[null]', '[NaN]'])('plain JSON refuses %s', (text) => {
  expect(fault(text, true)).toBe('holds something other than objects, arrays, strings and whole numbers')
})

test('the same words may stand as values, and keys may repeat in different objects', () => {
  const text = '{"a":["__proto__","a","a"],"b":{"a":"a"},"c":{"a":"\\ud83c\\udffa \\" \\\\"}}'
  expect(parseStrictJson(text, limits)).toEqual({ value: JSON.parse(text) })
})

test('whatever JSON.stringify writes comes back, and plain means no more than its words', () => {
  const generous = { depth: 50, containers: 10_000 }
  const value = fc.jsonValue({ maxDepth: 6, stringUnit: 'grapheme' })
  fc.assert(
    fc.property(value, (value) => {
      const text = JSON.stringify(value)
      const parsed = parseStrictJson(text, generous)
      if (/"(__proto__|constructor|prototype)":/.test(text)) expect(parsed.fault).toContain('forbidden')
      else expect(parsed).toEqual({ value: JSON.parse(text) })
    }),
    { numRuns: 1000, seed: 1 },
  )
})

test('accepts nothing that JSON.parse refuses', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\0 a-.'), maxLength: 12 }), (text) => {
      const parsed = parseStrictJson(text, limits)
      if (parsed.fault === undefined) expect(parsed.value).toEqual(JSON.parse(text))
    }),
    { numRuns: 20_000, seed: 2 },
  )
})

test('a megabyte of brackets is refused without being built', () => {
  expect(fault('['.repeat(1_000_000))).toBe('nests deeper than 5')
  expect(fault('{"a":'.repeat(200_000))).toBe('nests deeper than 5')
})
