import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectError } from '@sandglass/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCsv } from './read-csv'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandglass-csv-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('reads a table named after its file', async () => {
  const path = join(folder, 'größe.csv')
  await writeFile(path, 'größe,k\n1.5,a\n2,b\n')
  const data = await readCsv(path, { label: 'k' })
  expect([data.name, data.fields.input!.columns, data.fields.label!.classes]).toEqual([
    'größe.csv',
    ['größe'],
    ['a', 'b'],
  ])
})

test('refuses missing, large and undecodable files', async () => {
  await expectError(() => readCsv(join(folder, 'none.csv')), {
    code: 'file',
    message: /none.csv cannot be read. Got no such file/,
  })
  await expectError(() => readCsv(folder), { code: 'file', message: /cannot be read/ })
  const path = join(folder, 'x.csv')
  await writeFile(path, Uint8Array.of(0x61, 0x0a, 0xff))
  await expectError(() => readCsv(path), {
    code: 'file',
    message: /x.csv is not text in UTF-8. Save the table as CSV in UTF-8/,
  })
})
