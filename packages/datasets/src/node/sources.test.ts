import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expectError } from '@sandglass/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { findFiles } from '../images/source'
import { DATA_DIR_VARIABLE, defaultCacheDir, type NodeSourceOptions, nodeSources } from './sources'
import { testImages } from './test-images'

const { images, raw } = testImages()
const first = 'train-images-idx3-ubyte'
let folder: string
let isolated: NodeSourceOptions
let asked: string[]

const online: typeof fetch = async (input) => {
  const url = String(input)
  asked.push(url)
  return new Response(new Uint8Array(gzipSync(raw[url.slice(url.lastIndexOf('/') + 1, -3)]!)))
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandglass-sources-'))
  asked = []
  isolated = { cacheDir: join(folder, 'cache'), systemDir: join(folder, 'system'), fetch: online }
  vi.stubEnv(DATA_DIR_VARIABLE, undefined)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

/** Writes the dataset's files, gzipped or raw in turn. */
async function put(place: string, names = Object.keys(raw), change = (bytes: Buffer) => bytes) {
  await mkdir(place, { recursive: true })
  for (const [i, name] of names.entries())
    if (i % 2) await writeFile(join(place, name), change(raw[name]!))
    else await writeFile(join(place, `${name}.gz`), gzipSync(change(raw[name]!)))
}

const find = (options: NodeSourceOptions = {}) =>
  findFiles(images, nodeSources(images, { ...isolated, ...options }))
const damage = (bytes: Buffer) =>
  Buffer.from(bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte)))

test('sources are tried in the documented order', async () => {
  vi.stubEnv(DATA_DIR_VARIABLE, join(folder, 'variable'))
  const places = [
    ['explicit', { folder: join(folder, 'explicit') }],
    ['variable/tiny', {}],
    ['cache/tiny', {}],
    ['system/tiny', {}],
  ] as const
  for (const [place] of places) await put(join(folder, place))
  const seen: string[] = []
  for (const [place] of places) {
    seen.push(...(await find({ folder: join(folder, 'explicit') })).places)
    await rm(join(folder, place), { recursive: true })
  }
  seen.push(...(await find({ folder: join(folder, 'explicit') })).places)
  expect(seen).toEqual([
    `the folder ${join(folder, 'explicit')}`,
    `${DATA_DIR_VARIABLE}=${join(folder, 'variable')}`,
    `the cache ${join(folder, 'cache', 'tiny')}`,
    join(folder, 'system', 'tiny'),
    'https://one.example/',
  ])
})

test('what was downloaded is kept, and used without asking again', async () => {
  await find()
  expect(asked).toHaveLength(4)
  const kept = (await readdir(join(folder, 'cache', 'tiny'))).sort()
  expect(kept).toEqual(
    Object.keys(raw)
      .map((name) => `${name}.gz`)
      .sort(),
  )
  const { files } = await find({ download: false })
  expect(Buffer.from(files.trainImages).equals(raw[first]!)).toBe(true)
  expect(asked).toHaveLength(4)
})

test('only what is missing is downloaded', async () => {
  await put(join(folder, 'cache', 'tiny'), Object.keys(raw).slice(1))
  await find()
  expect(asked).toEqual([`https://one.example/${first}.gz`])
})

test('a wrong hash is rejected, never cached, and the next source tried', async () => {
  await put(join(folder, 'explicit'), undefined, damage)
  const lying: typeof fetch = async (input) => {
    if (!String(input).startsWith('https://one')) return online(input)
    return new Response(new Uint8Array(gzipSync(damage(raw[first]!))))
  }
  const { places } = await find({ folder: join(folder, 'explicit'), fetch: lying })
  expect(places).toEqual(['https://two.example/'])
  await rm(join(folder, 'cache'), { recursive: true })
  const bad: typeof fetch = async () => new Response(new Uint8Array(gzipSync(damage(raw[first]!))))
  const { message } = await expectError(() => find({ folder: join(folder, 'explicit'), fetch: bad }), {
    code: 'file',
  })
  expect(message.match(/not the published data/g)).toHaveLength(3)
  expect(message).toContain(`\n  - the cache ${join(folder, 'cache', 'tiny')}: no such folder`)
  await expect(readdir(join(folder, 'cache'))).rejects.toThrow('ENOENT')
})

test('a damaged cache is repaired', async () => {
  await put(join(folder, 'cache', 'tiny'), [first], damage)
  await find()
  await find({ download: false })
  expect(asked).toHaveLength(4)
})

test('huge files are refused before they are read', async () => {
  await mkdir(join(folder, 'explicit'))
  await writeFile(join(folder, 'explicit', first), Buffer.alloc(100_000))
  await expectError(() => find({ folder: join(folder, 'explicit'), download: false }), {
    code: 'file',
    message: /train-images-idx3-ubyte is larger than it should be. Got 100000 bytes; expected at most 1101/,
  })
})

test('names with a dot are found too', async () => {
  await put(join(folder, 'explicit'))
  const place = join(folder, 'explicit')
  await writeFile(join(place, 'train-images.idx3-ubyte'), await readFile(join(place, `${first}.gz`)))
  await rm(join(place, `${first}.gz`))
  expect((await find({ folder: place, download: false })).places).toHaveLength(1)
})

test('a cache that cannot be written does not stand in the way', async () => {
  await writeFile(join(folder, 'cache'), 'a file where the folder should be')
  const errors: unknown[] = []
  await find({ onCacheError: (error) => errors.push(error) })
  expect(errors).toHaveLength(4)
})

test('progress names dataset and file', async () => {
  const seen: { dataset: string; file: string }[] = []
  await find({ onProgress: (progress) => seen.push(progress) })
  expect(new Set(seen.map(({ file }) => file)).size).toBe(4)
  expect(seen[0]).toMatchObject({ dataset: 'tiny', file: first, url: `https://one.example/${first}.gz` })
})

test('the cache follows the conventions of the system', () => {
  vi.stubEnv('XDG_CACHE_HOME', '/elsewhere')
  if (process.platform === 'linux') expect(defaultCacheDir()).toBe('/elsewhere/sandglass/datasets')
  else expect(defaultCacheDir()).toContain('sandglass')
})
