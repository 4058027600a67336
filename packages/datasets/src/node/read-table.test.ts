import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { range, readField } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTable } from '../table/table'
import { fileSource } from './file-source'
import { readCsv } from './read-csv'
import { readTable } from './read-table'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandglass-table-'))
})
afterAll(() => rm(folder, { recursive: true }))

const text = `größe;x\n${Array.from({ length: 3000 }, (_, i) => `${i},5;${i % 7}`).join('\r\n')}\r\n`

test.each([
  ['t.csv', text],
  ['t.csv.gz', gzipSync(text)],
  ['t.tsv', text.replaceAll(';', '\t')],
  ['t.tsv.gz', gzipSync(text.replaceAll(';', '\t'))],
  ['bom.csv', `\ufeff${text}`],
])('%s', async (name, content) => {
  const path = join(folder, name)
  await writeFile(path, content)
  const table = await readTable(path)
  expect([table.columns, table.size, table.decimal]).toEqual([['größe', 'x'], 3000, ','])
  const data = await readCsv(path)
  expect([...(await readField(data, 'input', [2999, 1])).data]).toEqual([2999.5, 3, 1.5, 1])
})

test('a file that is read in pieces has what a file in memory has', async () => {
  const path = join(folder, 'pieces.csv')
  await writeFile(path, text)
  const pieces = await openTable(await fileSource(path))
  const whole = await readTable(path)
  const rows = [5, 2999, 5, 0, 1500]
  expect(await pieces.cells(rows)).toEqual(await whole.cells(rows))
  expect(await pieces.cells(range(0, 3000))).toEqual(await whole.cells(range(0, 3000)))
  const [read, kept] = [await readCsv(path, { inMemory: false }), await readCsv(path)]
  expect(await readField(read, 'input')).toEqual(await readField(kept, 'input'))
})

test('a file that changes while it is in use, and one that is not there', async () => {
  const path = join(folder, 'changing.csv')
  await writeFile(path, text)
  const table = await openTable(await fileSource(path))
  await writeFile(path, 'a\n1\n')
  await expectError(async () => table.cells([0]), {
    code: 'file',
    message:
      /changing\.csv has changed while it was in use\. Got 4 bytes; expected the \d+ bytes that it had/,
  })
  await expectError(() => readTable(join(folder, 'none.csv')), {
    code: 'file',
    message: /none\.csv cannot be read\. Got no such file/,
  })
  await expectError(() => readTable(folder), { code: 'file', message: /cannot be read/ })
})
