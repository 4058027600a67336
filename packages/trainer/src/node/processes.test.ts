import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'
import { afterAll, beforeAll, expect, test } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
// Where the bundle finds the packages that it leaves outside.
const bundles = join(here, '../../node_modules/.cache/sandglass')
let folder: string
let program: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandglass-'))
  await mkdir(bundles, { recursive: true })
  const outDir = await mkdtemp(join(bundles, 'child-'))
  await build({
    config: false,
    entry: [join(here, 'testing', 'child-run.ts')],
    outDir,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    silent: true,
    // tfjs's gradients cannot be imported in Node, see core's own build.
    noExternal: [/^@sandglass\//, /^@tensorflow\/tfjs-core\/dist/],
    external: [/^@tensorflow\/[^/]+$/, /^@tensorflow\/tfjs-backend-wasm\//, 'webgpu'],
    esbuildOptions: (options) => {
      options.conditions = ['@sandglass/source']
      options.outExtension = { '.js': '.mjs' }
    },
  })
  program = join(outDir, 'child-run.mjs')
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await rm(join(program, '..'), { recursive: true, force: true })
})

interface Ending {
  readonly killed: boolean
  /** Its last line. */
  readonly output: string
  readonly steps: number
}

/** Runs the program; with `steps` kills it at a random moment after so many steps of its own. */
function runChild(name: string, backend: string, steps?: number): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, join(folder, name), backend])
    const lines = createInterface(child.stdout)
    let seen = 0
    let output = ''
    let errors = ''
    lines.on('line', (line) => {
      output = line
      if (!line.startsWith('step')) return
      seen++
      if (seen === steps) setTimeout(() => child.kill('SIGKILL'), 10 * Math.random())
    })
    child.stderr.on('data', (data) => {
      errors += data
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code) reject(new Error(errors))
      else resolve({ killed: signal === 'SIGKILL', output, steps: seen })
    })
  })
}

test.each(['cpu', 'wasm'])(
  'two processes with the same seed get the same bits after 100 steps on %s',
  async (backend) => {
    const [a, b] = [await runChild(`${backend}-a`, backend), await runChild(`${backend}-b`, backend)]
    expect(a.output).toMatch(/^100 [0-9a-f]{64}$/)
    expect(a.steps).toBe(100)
    expect(b).toEqual(a)
  },
)

test('a run that is killed again and again and resumed each time ends in the same bits', async () => {
  const whole = await runChild('whole', 'cpu')
  // A kill may strike late on a busy machine, so how many the run takes before its end is not certain.
  let kills = 0
  let last: Ending
  do {
    last = await runChild('killed', 'cpu', kills < 10 ? 1 + Math.floor(6 * Math.random()) : undefined)
    if (last.killed) kills++
  } while (last.killed)
  expect(kills).toBeGreaterThan(0)
  expect(last.output).toBe(whole.output)
  expect(last.steps).toBeLessThan(100)
  const read = (name: string) => readFile(join(folder, name, 'history.jsonl'), 'utf8')
  expect(await read('killed')).toBe(await read('whole'))
  // Nothing else is left: the next writer clears away what a killed one had begun.
  expect((await readdir(join(folder, 'killed'))).sort()).toEqual(['history.jsonl', 'run.ckpt', 'tensorboard'])
})
