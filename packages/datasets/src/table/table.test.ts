import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import Papa from 'papaparse'
import { expect, test } from 'vitest'
import { type ByteSource, memorySource } from './byte-source'
import { openTable, parseTable, type Table } from './table'

/** The same bytes, read a little later, a few at a time. */
function later(text: string): ByteSource & { readonly read: ByteSource['read']; reads: number } {
  const memory = memorySource('later.csv', new TextEncoder().encode(text))
  const source = {
    ...memory,
    reads: 0,
    read: async (ranges: Parameters<ByteSource['read']>[0]) => {
      await new Promise((resolve) => setImmediate(resolve))
      source.reads += ranges.length
      return memory.read(ranges)
    },
  }
  return source
}

const all = (table: Table) => Array.from({ length: table.size }, (_, row) => row)

const cell = fc.oneof(
  fc.constantFrom('x', '1', 'é', '日本', 'a"b', 'two\nlines', 'a,b', 'a;b'),
  fc.string({ minLength: 1, maxLength: 5 }).filter((text) => !/\r/.test(text)),
)

test('gives the cells that were written, in any order, from memory and from files', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .integer({ min: 2, max: 4 })
        .chain((width) =>
          fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 12 }),
        ),
      fc.constantFrom(',', ';', '\t'),
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.nat(), { minLength: 1, maxLength: 10 }),
      fc.boolean(),
      async (rows, delimiter, newline, picks, bom) => {
        const columns = rows[0]!.map((_, i) => `c${i}`)
        const text = `${bom ? '\ufeff' : ''}${Papa.unparse([columns, ...rows], { delimiter, newline })}${newline}`
        const options = { delimiter, header: true }
        for (const table of [await parseTable(text, options), await openTable(later(text), options)]) {
          expect(table.columns).toEqual(columns)
          expect(await table.cells(all(table))).toEqual(rows)
          const wanted = picks.map((pick) => pick % rows.length)
          expect(await table.cells(wanted)).toEqual(wanted.map((row) => rows[row]))
          const selected = table.select(wanted)
          expect(selected.size).toBe(wanted.length)
          expect(await selected.select([0]).cells([0])).toEqual([rows[wanted[0]!]])
          expect(selected.rowNumber(0)).toBe(wanted[0]! + 2)
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('rows that lie together are read together', async () => {
  const source = later(`a,b\n${Array.from({ length: 50_000 }, (_, i) => `${i},${2 * i}`).join('\n')}`)
  const table = await openTable(source)
  source.reads = 0
  expect(await table.cells([4, 3, 5])).toEqual([
    ['4', '8'],
    ['3', '6'],
    ['5', '10'],
  ])
  expect(source.reads).toBe(1)
  expect(await table.cells([0, 40_000])).toEqual([
    ['0', '0'],
    ['40000', '80000'],
  ])
  expect(source.reads).toBe(3)
})

test('rows of numbers have no names but their places', async () => {
  const table = await parseTable('1;2,5\n3;4', { name: 'n' })
  expect(table.columns).toEqual(['0', '1'])
  expect([table.size, table.rowNumber(0), table.decimal]).toEqual([2, 1, ','])
  expect(table.notes[0]).toMatch(/^n: the first row is made of numbers/)
})

test('refuses rows that there are not, and text that is not UTF-8', async () => {
  const table = await parseTable('a\n1\n2')
  expectError(() => table.cells([2]), {
    code: 'data',
    message: /no sample 2\. Expected whole numbers from 0 to 1/,
  })
  expectError(() => table.select([-1]), { code: 'data', message: /no sample -1/ })
  const bytes = Uint8Array.of(0xff, 0xfe, 0x61, 0x00)
  await expectError(() => openTable(memorySource('x.csv', bytes)), {
    code: 'file',
    message: /^x\.csv is not text in UTF-8\. Save the table as CSV in UTF-8\.$/,
  })
})
