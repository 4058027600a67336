import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { core, createRegistry, readField } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { afterEach, expect, test, vi } from 'vitest'
import { createNodeDatasets, nodeDatasets } from './node/plugin'
import { datasets, webDatasets } from './plugin'

afterEach(() => vi.unstubAllEnvs())

const registry = createRegistry([core, datasets, nodeDatasets])
const names = ['fashionMnistExcerpt', 'swissRoll', 'blobs', 'moons', 'plane', 'textbookPlane']

test('lists every dataset, in Node and in browsers', () => {
  expect(registry.list('dataset').map(({ type }) => type)).toEqual([
    ...names,
    'fashionMnist',
    'mnist',
    'cifar10',
    'csv',
  ])
  const web = createRegistry([core, datasets, webDatasets()])
  expect(web.list('dataset').map(({ type }) => type)).toEqual([...names, 'fashionMnist', 'mnist', 'cifar10'])
  expect(JSON.stringify(registry.jsonSchema())).toContain('"textbookPlane"')
})

test.each(names)('%s can be named without options', async (name) => {
  const splits = await registry.build('dataset', name)
  expect(splits.train.size).toBeGreaterThan(0)
  expect(splits.provenance).toBeTruthy()
})

test('options reach the data; parts are stratified and reproducible', async () => {
  const spec = { type: 'blobs', size: 100, classes: 4, features: 5, seed: 3, parts: { train: 60, test: 40 } }
  const { train, test: held, validation } = await registry.build('dataset', spec)
  expect([train.size, held!.size, validation]).toEqual([60, 40, undefined])
  expect(train.fields.input!.shape).toEqual([5])
  const counts = [0, 0, 0, 0]
  for (const label of (await readField(train, 'label')).data) counts[label]!++
  expect(counts).toEqual([15, 15, 15, 15])
  const again = await registry.build('dataset', spec)
  expect(await readField(again.train, 'input')).toEqual(await readField(train, 'input'))
})

test('a CSV file by its path', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sandglass-plugin-'))
  const path = join(folder, 't.csv')
  await writeFile(path, `x\n${Array.from({ length: 10 }, (_, i) => i).join('\n')}\n`)
  const { train, validation, provenance } = await registry.build('dataset', {
    type: 'csv',
    path,
    shuffled: false,
  })
  expect([...(await readField(train, 'input')).data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect([...(await readField(validation!, 'input')).data]).toEqual([8])
  expect(provenance).toBe(`the table ${path}`)
  await rm(folder, { recursive: true })
})

test('the full set by name, with options of the program beneath those of the spec', async () => {
  vi.stubEnv('SANDGLASS_DATA_DIR', undefined)
  const folder = await mkdtemp(join(tmpdir(), 'sandglass-plugin-'))
  const offline = createNodeDatasets({ cacheDir: folder, systemDir: folder, download: false })
  const spec = { type: 'fashionMnist', folder, fallback: 'excerpt' }
  const { standIn } = await createRegistry([core, offline]).build('dataset', spec)
  expect(standIn!.reason).toContain(`the folder ${folder}: no such file in the folder`)
  expect(standIn!.reason).not.toContain('https://')
  await rm(folder, { recursive: true })
})

test('misspelt options are refused', () => {
  expectError(() => registry.build('dataset', { type: 'swissRoll', nois: 1 }), {
    code: 'spec',
    message: /unknown option "nois", did you mean "noise"/,
  })
  expectError(() => registry.build('dataset', 'fashionMnits'), {
    code: 'spec',
    message: /Did you mean "fashionMnist"/,
  })
})
