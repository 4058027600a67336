import { readField } from '@sandglass/core'
import { datasetLaws, expectError, expectGolden } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import { load } from '../load'
import { minMax } from '../scalers/min-max'
import { robust } from '../scalers/robust'
import { applyScaler } from '../scalers/scaler'
import { standardise } from '../scalers/standardise'
import { encodeTable } from './encode-table'
import { fitEncoding } from './fit-encoding'
import { fromCsv } from './from-csv'
import { parseTable } from './table'
import { decodeRows, parseEncoding } from './table-encoding'
import { tableSplits } from './table-splits'
import golden from './tables.golden.json'

const table = await parseTable(golden.csv)

describe('as scikit-learn has it', () => {
  test.each(['mean', 'median'] as const)(
    'missing values filled by the %s, categories as 0 and 1',
    async (missing) => {
      const encoding = await fitEncoding(table, { missing })
      const { data } = await encodeTable(encoding, table)
      expect(data.fields.input!.columns).toEqual(golden.features)
      const out = new Float64Array(golden[missing].flat().length)
      ;(await data.batch(Array.from({ length: table.size }, (_, i) => i))).fill('input', out)
      expectGolden([...out], golden[missing].flat(), { relative: 1e-12, absolute: 1e-15 })
    },
  )

  test.each([
    ['standardise', standardise],
    ['minMax', minMax],
    ['robust', robust],
  ] as const)('%s', async (name, fit) => {
    const data = await fromCsv(golden.csv, { input: ['a', 'b', 'c'], missing: 'median' })
    const { data: scaled } = readField(applyScaler(await fit(data), data), 'input')
    const expected = golden.scaled[name]
    expectGolden(
      scaled,
      { shape: [expected.length, 3], data: expected.flat() },
      { relative: 1e-6, absolute: 1e-6 },
    )
  })

  test('rows that lack a value are dropped', async () => {
    const { data, rows } = await encodeTable(await fitEncoding(table, { missing: 'drop' }), table)
    expect(data.size).toBe(golden.complete)
    const lines = golden.csv.trim().split('\n').slice(1)
    const complete = lines.flatMap((line, i) => (/(^|,)(,|$)/.test(line) ? [] : [i]))
    expect([...rows]).toEqual(complete)
  })
})

test('an encoding is plain JSON, and encodes tables that come later alike, whatever the order of their columns', async () => {
  const encoding = await fitEncoding(table, { missing: 'mean', target: ['c'] })
  const copy = parseEncoding(JSON.parse(JSON.stringify(encoding)))
  expect(copy).toEqual(encoding)
  const later = await parseTable('size;c;colour;b;a\nM;1,5;blue;2,5;-1\nL;;;;3,5\n')
  const { data } = await encodeTable(copy, later)
  const { data: values } = await readField(data, 'input')
  const width = data.fields.input!.columns!.length
  const at = (row: number, column: string) =>
    values[row * width + data.fields.input!.columns!.indexOf(column)]
  expect(['a', 'b', 'colour=blue', 'colour=red', 'size=M', 'size=L'].map((name) => at(0, name))).toEqual([
    -1, 2.5, 1, 0, 1, 0,
  ])
  const filled = (name: string) => encoding.input.find((column) => column.name === name)!.fill
  expect(at(1, 'b')).toBe(Math.fround(filled('b') as number))
  expect(at(1, `colour=${filled('colour')}`)).toBe(1)
  expect([...(await readField(data, 'target')).data]).toEqual([
    1.5,
    Math.fround(encoding.target![0]!.fill as number),
  ])
})

test('what is encoded can be read back', async () => {
  const { input } = await fitEncoding(table, { missing: 'median' })
  const data = await fromCsv(golden.csv, { missing: 'median' })
  const rows = decodeRows(input, readField(data, 'input').data)
  const [first] = golden.csv.trim().split('\n').slice(1)
  expect(rows[0]!.slice(2, 3)).toEqual([first!.split(',')[2] || input[2]!.fill])
  expect(rows).toHaveLength(table.size)
  expectError(() => decodeRows(input, [1, 2]), {
    code: 'shape',
    message: /Got 2 values; expected a multiple of 10/,
  })
})

test('target and label may be absent from a table that comes later; columns that were not used may be there', async () => {
  const given = await parseTable('a,b,kind,note\n1,2,x,p\n3,4,y,q\n')
  const encoding = await fitEncoding(given, { input: ['a'], target: ['b'], label: 'kind' })
  expect(encoding).toMatchObject({ ignored: ['note'], label: { name: 'kind', classes: ['x', 'y'] } })
  expect(Object.keys((await encodeTable(encoding, given)).data.fields)).toEqual(['input', 'target', 'label'])
  const { data } = await encodeTable(encoding, await parseTable('note,a\nr,5\n'))
  expect(Object.keys(data.fields)).toEqual(['input'])
  expect([...(await readField(data, 'input')).data]).toEqual([5])
})

test('numbers that are names of categories', async () => {
  const data = await fromCsv('postcode,x\n10115,1\n20095,2\n10115,3\n', { categories: ['postcode'] })
  expect(data.fields.input!.columns).toEqual(['postcode=10115', 'postcode=20095', 'x'])
  expect([...readField(data, 'input').data]).toEqual([1, 0, 1, 0, 1, 2, 1, 0, 3])
})

test('milliseconds in a table keep their differences through the scaler', async () => {
  const rows = Array.from({ length: 200 }, (_, i) => 1_700_000_000_000 + i)
  const data = await fromCsv(`time\n${rows.join('\n')}\n`)
  const { data: scaled } = readField(applyScaler(await standardise(data), data), 'input')
  expect(new Set(scaled).size).toBe(200)
})

test('encoded tables keep the laws of datasets, read or in memory', async () => {
  const { data } = await encodeTable(await fitEncoding(table, { missing: 'mean', label: 'size' }), table)
  await datasetLaws(data)
  const inMemory = await load(data)
  await datasetLaws(inMemory)
  for (const field of ['input', 'label'])
    expect(readField(inMemory, field)).toEqual(await readField(data, field))
  expect(inMemory.fields).toMatchObject({ label: { dtype: 'int32', classes: ['L', 'M', 'S'] } })
})

describe('splits', () => {
  test('fit encoding and scaler on the training rows alone, stratify, and say what they fitted', async () => {
    const data = await tableSplits(table, {
      parts: { train: 0.5, validation: 0.25, test: 0.25 },
      seed: 3,
      label: 'size',
      missing: 'median',
      scale: 'standardise',
    })
    expect([data.train.size, data.validation!.size, data.test!.size]).toEqual([12, 6, 6])
    const { data: values } = await readField(data.train, 'input')
    const columns = data.train.fields.input!.columns!
    for (const [j, column] of columns.entries()) {
      const own = Array.from({ length: 12 }, (_, i) => values[i * columns.length + j]!)
      const mean = own.reduce((sum, x) => sum + x, 0) / 12
      if (column.startsWith('colour=')) expect(own.every((x) => x === 0 || x === 1)).toBe(true)
      else expect(mean, column).toBeCloseTo(0, 5)
    }
    const { encoding, scaler } = data.attachments!
    expect(encoding).toMatchObject({
      kind: 'encoding',
      spec: { type: 'table', missing: 'median' },
      tensors: {},
    })
    expect(scaler).toMatchObject({ kind: 'scaler', spec: { type: 'standardise', field: 'input' } })
    expect(parseEncoding(JSON.parse(JSON.stringify(encoding!.spec)))).toEqual(encoding!.spec)
    expect(data.provenance).toBe('the table table')
  })

  test('share rows among the parts, each in one, after those that lack a value are dropped', async () => {
    const numbered = await parseTable(
      `id,x\n${Array.from({ length: 20 }, (_, i) => `${i},${i % 4 ? i : ''}`).join('\n')}\n`,
    )
    const options = { parts: { train: 0.6, test: 0.4 }, missing: 'drop', input: ['id', 'x'] } as const
    const ids = async (seed?: number, inMemory = true) => {
      const { train, test: held } = await tableSplits(numbered, { ...options, seed, inMemory })
      return Promise.all(
        [train, held!].map(async (part) =>
          [...(await readField(part, 'input')).data].filter((_, i) => i % 2 === 0),
        ),
      )
    }
    const kept = Array.from({ length: 20 }, (_, i) => i).filter((i) => i % 4)
    expect(await ids()).toEqual([kept.slice(0, 9), kept.slice(9)])
    const drawn = await ids(1)
    expect(drawn.flat().sort((a, b) => a - b)).toEqual(kept)
    expect(await ids(1, false)).toEqual(drawn)
    expect(await ids(2)).not.toEqual(drawn)
  })
})

test.each<[string, string, object, RegExp]>([
  [
    'columns that are missing',
    'a,size\n1,S\n',
    {},
    /^table: columns are missing: "b", "colour", "c"\. Got a, size; expected a, b, colour, c, size\.$/,
  ],
  [
    'columns that are unknown',
    'a,b,colour,c,size,d\n1,2,red,3,S,4\n',
    {},
    /^table: columns are unknown: "d"\. Expected those of the data that the encoding was fitted on: a, b, colour, c, size\. Take them out/,
  ],
])('refuses tables with %s', async (_, text, __, message) => {
  const encoding = await fitEncoding(table, { missing: 'mean' })
  await expectError(async () => encodeTable(encoding, await parseTable(text)), { code: 'data', message })
})

test('refuses cells that the encoding cannot take, when they are read', async () => {
  const refused = async (text: string, options: object, message: RegExp) => {
    const encoding = await fitEncoding(await parseTable('x,kind,y\n1,a,u\n2,b,v\n'), {
      label: 'kind',
      ...options,
    })
    const { data } = await encodeTable(encoding, await parseTable(text))
    await expectError(async () => (await data.batch([0])).size, { code: 'data', message })
  }
  await refused(
    'x,kind,y\noops,a,u\n',
    {},
    /^table: not a finite number in row 2, column "x"\. Got "oops"; expected a number like 3, -0\.5/,
  )
  await refused(
    'x,kind,y\n1,a,w\n',
    {},
    /^table: an unknown category in row 2, column "y"\. Got "w"; expected one of u, v\.$/,
  )
  await refused(
    'x,kind,y\n1,c,u\n',
    {},
    /^table: an unknown class in row 2, column "kind"\. Got "c"; expected one of a, b\.$/,
  )
  await refused('x,kind,y\n,a,u\n', {}, /^table: no value in row 2, column "x"/)
  await refused('x,kind,y\n1,,u\n', { missing: 'mean' }, /^table: no class in row 2, column "kind"/)
})

test.each<[string, string, object, RegExp]>([
  [
    'a column without values',
    'a,b\n1,\n2,NA\n',
    { missing: 'mean' },
    /the column "b" holds no values\. Leave the column out/,
  ],
  [
    'too many categories',
    `id\n${Array.from({ length: 1001 }, (_, i) => `n${i}`).join('\n')}\n`,
    {},
    /the column "id" has too many different texts for categories\. Got more than 1000/,
  ],
  ['unknown categories', 'a\n1\n', { categories: ['b'] }, /no column "b"/],
  ['only rows that lack a value', 'a,b\n1,\n,2\n', { missing: 'drop' }, /the column "a" holds no values/],
])('refuses to fit %s', async (_, text, options, message) => {
  await expectError(async () => fitEncoding(await parseTable(text), options), { code: 'data', message })
})

test.each([
  [null, /malformed encoding of a table: encoding: /],
  [{ type: 'table', input: [], ignored: [], missing: 'mean', missingValues: [] }, /input: /],
  [
    {
      type: 'table',
      input: [{ kind: 'number', name: 'a', code: 1 }],
      ignored: [],
      missing: 'mean',
      missingValues: [],
    },
    /code/,
  ],
])('refuses the JSON %j', (json, message) => {
  expectError(() => parseEncoding(json), { code: 'data', message })
})
