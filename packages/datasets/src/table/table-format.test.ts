import { expect, test } from 'vitest'
import { detectFormat } from './table-format'

const detect = (text: string, options = {}) => detectFormat('t.csv', text, options, true)

test.each<[string, string, string, string, boolean]>([
  ['commas', 'a,b\n1,2\n3,4', ',', '.', true],
  ['semicolons', 'a;b\n1.5;2\n3;4', ';', '.', true],
  ['semicolons and decimal commas', 'a;b\n1,5;2,5\n3,25;4', ';', ',', true],
  ['decimal commas without a header', '1,5;2,5\n3,25;4,0', ';', ',', false],
  ['tabs', 'a\tb\n1\t2', '\t', '.', true],
  ['tabs and decimal commas', 'a\tb\n1,5\t2,25', '\t', ',', true],
  ['bars', 'a|b\n1|2', '|', '.', true],
  ['one column', 'a\n1\n2', ',', '.', true],
  ['one column of texts with commas', 'text\nhello, world\nfoo\nbar, baz, qux\nx', ';', '.', true],
  ['quoted commas among semicolons', 'a;b\n"1,2";x\n"3,4";y', ';', ',', true],
  ['texts only', 'name,colour\nAda,red\nBo,blue', ',', '.', true],
  ['names that look like years', '2019,2020\n1,2\n3,4', ',', '.', false],
  ['a first row that lacks a value', '1,,3\n4,5,6', ',', '.', false],
  ['a ragged row', 'a,b\n1,2\n3', ',', '.', true],
])('%s', (_, text, delimiter, decimal, header) => {
  expect(detect(text)).toMatchObject({ delimiter, decimal, header })
})

test('says so when a first row of numbers is taken as data, unless it was told', () => {
  expect(detect('2019,2020\n1,2').notes).toEqual([
    't.csv: the first row is made of numbers, so it was taken as data and the columns are named 0, 1, …; say header: true if it names them.',
  ])
  expect(detect('2019,2020\n1,2', { header: true })).toMatchObject({ header: true, notes: [] })
  expect(detect('1,2\n1,2', { header: false })).toMatchObject({ header: false, notes: [] })
})

test('what is given is not found out', () => {
  expect(detect('a;b\n1,5;2', { delimiter: ',' })).toMatchObject({ delimiter: ',' })
  expect(detect('a;b\n1,5;2', { decimal: '.' })).toMatchObject({ delimiter: ';', decimal: '.' })
})

test('of a long text the line that is cut does not count', () => {
  const text = `a;b\n${'1,5;2,5\n'.repeat(20)}1,5`
  expect(detectFormat('t', text, {}, false)).toMatchObject({ delimiter: ';', decimal: ',' })
})
