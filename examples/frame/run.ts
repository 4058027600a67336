// npm run headlines -- [--rows a,b] [--seeds 42,43,44] [--variant published|best|both] [--backend id] [--list]
//
// Runs every example, each in a process of its own, and adds what it gave to docs/headlines.jsonl at once, so that an
// interrupted run goes on where it stopped; then writes docs/headlines.md. `--seeds none` only writes the page.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Values, Variant } from './headline'
import { addition, type Outcome, parseOutcomes, pending } from './outcomes'
import { headlinesPage } from './page'
import { loadRows } from './rows'

const RESULTS = new URL('../../docs/headlines.jsonl', import.meta.url)
const PAGE = new URL('../../docs/headlines.md', import.meta.url)

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string' },
    seeds: { type: 'string', default: '42,43,44' },
    variant: { type: 'string', default: 'both' },
    backend: { type: 'string', default: 'onnxruntime' },
    list: { type: 'boolean' },
  },
})

const all = await loadRows()
const unknown = options.rows?.split(',').find((name) => !all.some((row) => row.name === name))
const variants = { published: ['published'], best: ['best'], both: ['published', 'best'] }[options.variant]
const seeds = options.seeds === 'none' ? [] : options.seeds.split(',').map(Number)
if (unknown !== undefined) stop(`no row "${unknown}"; there are ${all.map(({ name }) => name).join(', ')}`)
if (!variants) stop(`no variant "${options.variant}"; there are published, best and both`)
if (!seeds.every(Number.isSafeInteger)) stop(`seeds are whole numbers, not "${options.seeds}"`)

const rows = all.filter(({ name }) => options.rows?.split(',').includes(name) ?? true)
const todo = pending(rows, variants as Variant[], seeds, parseOutcomes(await stored()))
if (options.list) for (const { row, variant, seed } of todo) console.log(`${row} ${variant} ${seed}`)
else await runAll()

async function runAll(): Promise<void> {
  for (const [i, { row, variant, seed }] of todo.entries()) {
    console.error(`\n[${i + 1}/${todo.length}] ${row}, ${variant}, seed ${seed}`)
    const started = performance.now()
    const values = await runOne(row, variant, seed)
    if (!values) {
      process.exitCode = 1
      continue
    }
    const seconds = Math.round((performance.now() - started) / 100) / 10
    const outcome: Outcome = { row, variant, seed, backend: options.backend, seconds, values }
    await appendFile(RESULTS, addition(await stored(), outcome))
    console.error(JSON.stringify(values))
  }
  await writeFile(PAGE, headlinesPage(all, parseOutcomes(await stored())))
}

/** The figures of one run, or nothing when it failed; what it says goes to standard error. */
async function runOne(row: string, variant: Variant, seed: number): Promise<Values | undefined> {
  const script = fileURLToPath(new URL(`../${row}.ts`, import.meta.url))
  const args = [script, '--variant', variant, '--seed', String(seed), '--backend', options.backend, '--json']
  const child = spawn(process.execPath, [...process.execArgv, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const [code] = await once(child, 'close')
  return code === 0 ? (JSON.parse(said.trim().split('\n').at(-1)!) as Values) : undefined
}

async function stored(): Promise<string> {
  try {
    return await readFile(RESULTS, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

function stop(message: string): never {
  console.error(message)
  process.exit(1)
}
