import { readField } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import Papa from 'papaparse'
import { expect, test } from 'vitest'
import { fromCsv } from './from-csv'

const text = '\ufeffa,"b, c",kind\r\n1, 2.5 ,setosa\r\n-3e1,.5,virginica\r\n\r\n+0,4.,setosa\r\n'

test('columns become fields, names become class numbers', async () => {
  const data = await fromCsv(text, { label: 'kind', target: ['a'], name: 'irises' })
  expect(data.fields).toEqual({
    input: { shape: [1], dtype: 'float32', columns: ['b, c'] },
    target: { shape: [1], dtype: 'float32', columns: ['a'] },
    label: { shape: [], dtype: 'int32', classes: ['setosa', 'virginica'] },
  })
  const values = (field: string) => [...readField(data, field).data]
  expect(['input', 'target', 'label'].map(values)).toEqual([
    [2.5, 0.5, 4],
    [1, -30, 0],
    [0, 1, 0],
  ])
  expect([data.name, data.size]).toEqual(['irises', 3])
})

test('columns may be chosen, in any order, also without a header', async () => {
  const data = await fromCsv('1;2;0\n3;4;7', { header: false, delimiter: ';', input: ['1', '0'], label: '2' })
  expect([...readField(data, 'input').data]).toEqual([2, 1, 4, 3])
  expect([...readField(data, 'label').data]).toEqual([0, 7])
  expect(data.fields.label!.classes).toBeUndefined()
})

test('reads back any table of numbers', async () => {
  const cell = fc.float({ noNaN: true, noDefaultInfinity: true })
  await fc.assert(
    fc.asyncProperty(
      fc
        .integer({ min: 1, max: 5 })
        .chain((n) => fc.array(fc.array(cell, { minLength: n, maxLength: n }), { minLength: 1 })),
      async (table) => {
        const data = await fromCsv(Papa.unparse(table), { header: false })
        expect(data.fields.input!.shape).toEqual([table[0]!.length])
        expect([...readField(data, 'input').data]).toEqual(table.flat().map((x) => x + 0))
      },
    ),
  )
})

test.each([
  [
    'text',
    'a,b\n1,2\n3,x',
    {},
    'csv: not a finite number in row 3, column "b". Got "x"; expected a number like 3, -0.5 or 1e-3, because other rows have numbers. Mend it,',
  ],
  [
    'an empty cell',
    'a,b\n1,',
    {},
    `csv: no value in row 2, column "b". Got an empty cell, or one that says so. Say what to do with missing values: missing: 'drop', 'mean' or 'median';`,
  ],
  ['NaN', 'a\nNaN', {}, 'no value in row 2, column "a"'],
  ['infinity', 'a\n1\nInfinity', {}, 'Got "Infinity"'],
  ['numbers beyond float64', 'a\n1\n1e999', {}, 'Got "1e999"'],
  ['hexadecimal', 'a\n1\n0x10', {}, 'Got "0x10"'],
  ['a long run of digits', `a\n1\n${'1'.repeat(200_000)}x`, {}, `Got "${'1'.repeat(40)}…"`],
  [
    'ragged rows',
    'a,b\n1,2\n3',
    {},
    'csv: row 3 is of another length. Got 1 cells; expected 2, as in the first row',
  ],
  ['a broken quote', 'a,b\n"1,2', {}, 'csv: malformed CSV in row 2. Got Quoted field unterminated'],
  ['an empty text', '', {}, 'csv: the table is empty. Got no rows; expected at least one row of data'],
  ['a header alone', 'a,b\n', {}, 'Got a header and no rows'],
  ['repeated names', 'a,a\n1,2', {}, 'csv: two columns are named "a". Expected unique names'],
  ['unknown columns', 'a,b\n1,2', { input: ['c'] }, 'csv: no column "c". Expected one of a, b'],
  ['no class', 'a,b\n1,', { label: 'b' }, 'csv: no class in row 2, column "b". Got an empty cell'],
  ['no input', 'a\n1', { label: 'a' }, 'csv: no column is left for the input. Got columns a'],
  [
    'a long delimiter',
    'a\n1',
    { delimiter: ', ' },
    'csv: unusable delimiter. Got ", "; expected one character',
  ],
])('refuses %s', async (_, table, options, message) => {
  expect((await expectError(() => fromCsv(table, options), { code: 'data' })).message).toContain(message)
})
