import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeDocument } from '../io/document'

// A process saves in a loop and says so after each save; it is killed, in turns, at a random moment and as soon as a
// save is seen under way, and the file is read. SANDGLASS_KILLS=1000 kills more often.
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

async function saveUnderWay(saves: string): Promise<void> {
  while (!readdirSync(saves).some((name) => name.endsWith('.tmp'))) await setImmediate()
}

test(`${kills} kills: none torn, no acknowledged save lost`, async () => {
  const saves = join(folder, 'saves')
  await mkdir(saves)
  const path = join(saves, 'checkpoint.safetensors')
  let next = 0
  let leftovers = 0
  // Kills must have struck while a save was under way, or the test shows nothing.
  for (let kill = 0; kill < kills || leftovers === 0; kill++) {
    const child = spawn(process.execPath, [script, path, String(next)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const gone = once(child, 'close')
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    await once(child.stdout, 'data')
    await (kill % 2 ? saveUnderWay(saves) : setTimeout(Math.random() * 40))
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
  expect((await readdir(saves)).length).toBeLessThanOrEqual(2)
}, 600_000)
