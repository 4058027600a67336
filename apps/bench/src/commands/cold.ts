import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type MemoryDataset, readField } from '@sandglass/core'
import { fashionMnist } from '@sandglass/datasets/node'
import { peersPython } from '../engines'
import { describeMachine } from '../machine'
import type { ColdReport } from '../report/schema'
import { median, pairedRatio } from '../statistics'

export interface ColdOptions {
  readonly rounds: number
  readonly log: (line: string) => void
}

interface Contestant {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  /** Settings of the process; a fresh folder is made for `fresh` in every round. */
  readonly env?: (folder: string, round: number) => Record<string, string>
}

interface Finished {
  readonly seconds: number
  readonly loss: number
  readonly peakKiB: number
}

const dist = dirname(fileURLToPath(import.meta.url))

function contestants(data: string): readonly Contestant[] {
  const peer = (script: string) => [peersPython(), join(dist, '..', 'peers', `${script}.py`), data] as const
  return [
    { name: 'sandglass', command: [process.execPath, join(dist, 'engine', 'cold.js')] },
    { name: 'keras fit', command: peer('cold_keras') },
    {
      name: 'torch.compile, empty cache',
      command: peer('cold_pytorch'),
      env: (folder, round) => ({ TORCHINDUCTOR_CACHE_DIR: join(folder, `inductor-${round}`) }),
    },
    {
      name: 'torch.compile, filled cache',
      command: peer('cold_pytorch'),
      env: (folder) => ({ TORCHINDUCTOR_CACHE_DIR: join(folder, 'inductor') }),
    },
  ]
}

/**
 * From process start to the end of one epoch of the sparse model on the full training set. The peers get the pixels
 * as one raw file, and so are spared the unpacking and checking that ours does.
 */
export async function measureColdStart({ rounds, log }: ColdOptions): Promise<ColdReport> {
  const machine = describeMachine()
  const folder = mkdtempSync(join(tmpdir(), 'sandglass-bench-'))
  const left_out: { engine: string; why: string }[] = []
  try {
    const { train, provenance = train.name } = await fashionMnist({ validation: 5000, fallback: 'excerpt' })
    const data = join(folder, 'train.u8')
    writeFileSync(data, pixels(train))
    const done = new Map<Contestant, Finished[]>()
    for (const contestant of contestants(data)) {
      if (existsSync(contestant.command[0])) done.set(contestant, [])
      else left_out.push({ engine: contestant.name, why: 'run tools/peers/setup.sh' })
    }
    for (const { name, command, env } of done.keys())
      if (name.endsWith('filled cache')) {
        log(`${name}: filling it`)
        await finish(command, env?.(folder, 0)).catch(() => undefined)
      }
    for (let round = 0; round < rounds; round++)
      for (const [contestant, finished] of done) {
        const { name, command, env } = contestant
        log(`round ${round + 1} of ${rounds}: ${name}`)
        try {
          finished.push(await finish(command, env?.(folder, round)))
        } catch (error) {
          left_out.push({ engine: name, why: (error as Error).message })
          done.delete(contestant)
        }
      }
    const [ours = []] = done.values()
    const seconds = (list: readonly Finished[]) => list.map((f) => f.seconds)
    const peak = (list: readonly Finished[]) => median(list.map((f) => f.peakKiB)) / 1024
    return {
      kind: 'cold',
      machine,
      rounds,
      samples: train.size,
      data: provenance,
      left_out,
      results: [...done].map(([{ name }, list]) => ({
        contestant: name,
        seconds: seconds(list),
        medianSeconds: median(seconds(list)),
        peakMiB: peak(list),
        timeRatio: pairedRatio(seconds(ours), seconds(list)),
        memoryRatio: peak(ours) / peak(list),
        loss: median(list.map((f) => f.loss)),
      })),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function pixels(train: MemoryDataset): Uint8Array {
  return Uint8Array.from(readField(train, 'input').data, (value) => Math.round(255 * value))
}

/** Runs a process until it prints its line, which ends its epoch; then waits for it to leave. */
function finish([file, ...args]: Contestant['command'], env: Record<string, string> = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint()
    const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let result: Finished | undefined
    let log = ''
    child.stderr.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-2000)
    })
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith('{')) return
      const seconds = Number(process.hrtime.bigint() - started) / 1e9
      result = { ...(JSON.parse(line) as Omit<Finished, 'seconds'>), seconds }
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (result) resolve(result)
      else reject(new Error(`${file} ended with code ${code}: ${log.trim().split('\n').at(-1)}`))
    })
  })
}
