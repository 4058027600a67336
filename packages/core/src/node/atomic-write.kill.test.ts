import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeDocument } from '../io/document'

// A process saves in a loop and says so after each save; it is killed at random moments and the file is read.
// SANDGLASS_KILLS=1000 kills more often.
const kills = Number(process.env.SANDGLASS_KILLS ?? 30)
const floats = 100_000

const source = (path: string) => JSON.stringify(fileURLToPath(new URL(`../${path}`, import.meta.url)))

const writer = `
import { writeSync } from 'node:fs'
import { encodeDocument } from ${source('io/document.ts')}
import { writeFileAtomic } from ${source('node/atomic-write.ts')}

const [path, first] = process.argv.slice(2)
for (let i = Number(first); ; i++) {
  const data = new Float32Array(${floats}).fill(i)
  const tensors = { a: { shape: [${floats}], data } }
  await writeFileAtomic(path, encodeDocument({ kind: 'crash', version: 1, json: { i }, tensors }))
  writeSync(1, i + '\\n')
}
`

let folder: string
let script: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandglass-kill-'))
  script = join(folder, 'built', 'writer.js')
  await writeFile(join(folder, 'writer.ts'), writer)
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  await build({
    config: false,
    silent: true,
    entry: { writer: join(folder, 'writer.ts') },
    outDir: join(folder, 'built'),
    format: 'esm',
    target: 'es2022',
    noExternal: [/.*/],
  })
})

afterAll(() => rm(folder, { recursive: true }))

test(`${kills} kills: none torn, no acknowledged save lost`, async () => {
  const saves = join(folder, 'saves')
  await mkdir(saves)
  const path = join(saves, 'checkpoint.safetensors')
  let next = 0
  let leftovers = 0
  for (let kill = 0; kill < kills; kill++) {
    const child = spawn(process.execPath, [script, path, String(next)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const gone = once(child, 'close')
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    await once(child.stdout, 'data')
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40))
    child.kill('SIGKILL')
    await gone
    const acknowledged = Number(said.trimEnd().split('\n').at(-1))
    // Throws when torn: the checksum covers every byte.
    const { json, tensors } = decodeDocument(await readFile(path), 'crash')
    const { i } = json as { i: number }
    expect(i).toBeGreaterThanOrEqual(acknowledged)
    expect(i).toBeLessThanOrEqual(acknowledged + 1)
    expect(new Set(tensors.a!.data)).toEqual(new Set([i]))
    leftovers += (await readdir(saves)).length - 1
    next = i + 1
  }
  // The kills must have struck while a save was under way, or the test shows nothing.
  expect(leftovers).toBeGreaterThan(0)
  expect((await readdir(saves)).length).toBeLessThanOrEqual(2)
}, 600_000)
