import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import Papa from 'papaparse'
import { expect, test } from 'vitest'
import { createRowScanner } from './row-index'

function rowsOf(text: string, { delimiter = ',', pieces = [text.length] } = {}): string[] {
  const bytes = new TextEncoder().encode(text)
  const scanner = createRowScanner(delimiter, { name: 't' })
  let at = 0
  for (const length of [...pieces, bytes.length]) {
    scanner.push(bytes.subarray(at, at + length))
    at = Math.min(bytes.length, at + length)
  }
  const index = scanner.finish()
  return Array.from({ length: index.size }, (_, row) =>
    new TextDecoder().decode(bytes.subarray(...index.range(row))),
  )
}

const cell = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    '1.5',
    'é',
    '日本',
    ' x ',
    'a"b',
    '"',
    'two\nlines',
    'two\r\nlines',
    'a,b',
    'a;b',
    '\r',
  ),
  fc.string({ maxLength: 5 }),
)

test('finds the rows that Papa Parse writes, whatever the ends of lines, however the text is cut', () => {
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 4 })
        .chain((width) =>
          fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
        ),
      fc.constantFrom(',', ';', '\t', '|'),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 20 }),
      (table, delimiter, newline, pieces) => {
        const text = Papa.unparse(table, { delimiter, newline })
        // A row of one empty cell is an empty line, which is no row.
        const rows = table
          .map((row) => Papa.unparse([row], { delimiter, newline }))
          .filter((row) => row !== '')
        expect(rowsOf(text, { delimiter, pieces })).toEqual(rows)
        expect(rowsOf(text + newline + newline, { delimiter, pieces })).toEqual(rows)
      },
    ),
    { numRuns: 500 },
  )
})

test('a quote within an unquoted cell is a character like others', () => {
  expect(rowsOf('5" pipe,2\n6" pipe,3\n')).toEqual(['5" pipe,2', '6" pipe,3'])
})

test('rows far into a file are found: offsets beyond 32 bits', () => {
  const scanner = createRowScanner(',', { name: 't', from: 2 ** 33 })
  scanner.push(new TextEncoder().encode('1\n2\n'.repeat(1500)))
  const index = scanner.finish()
  expect(index.size).toBe(3000)
  expect(index.range(2999)).toEqual([2 ** 33 + 5998, 2 ** 33 + 5999])
})

test('a quote that is not closed in a large file is told of', () => {
  const scanner = createRowScanner(',', { name: 't.csv' })
  scanner.push(new TextEncoder().encode('a,b\n1,"2\n'))
  const piece = new Uint8Array(2 ** 20).fill(0x31)
  expectError(() => Array.from({ length: 20 }, () => scanner.push(piece)), {
    code: 'data',
    message:
      /^t\.csv: row 2 does not end\. Got more than 16 MiB\. A quoted cell in it is probably not closed\.$/,
  })
})
