import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, startChild } from '../child'
import { type EngineDeclaration, missing, selectEngines, sgemmCommand } from '../engines'
import { CHECKED_STEPS, writeFixture } from '../fixture'
import { FLOPS_FORMULA, flopsOf } from '../flops'
import { describeMachine } from '../machine'
import type { StepReport } from '../report/schema'
import { geometricMean, lossesAgree, median, pairedRatio } from '../statistics'
import type { Task } from '../workload'
import { selectTasks } from '../workloads/index'

export interface StepOptions {
  readonly rounds: number
  /** How long an engine's turn should take. */
  readonly seconds: number
  /** Pause between turns, for the threads of the engine before to fall asleep. */
  readonly settleMs: number
  readonly workloads?: readonly string[]
  readonly peers?: readonly string[]
  readonly log: (line: string) => void
}

interface Prepared {
  readonly engine: string
  readonly losses: readonly number[]
  readonly openMs: number
  readonly firstStepMs: number
}

/** An engine ready for turns. */
interface Contestant {
  readonly declaration: EngineDeclaration
  readonly child: Child
  readonly prepared: Prepared
  steps: number
  readonly msPerStep: number[]
}

const TOLERANCE = 1e-3
const MOST_STEPS = 2000

type Workloads = StepReport['workloads']

/**
 * Measures a training step of each workload on every engine, in turns: in each round every engine runs for a while.
 * Before that all must have the losses of ours on the first steps.
 *
 * Also returns whether any engine disagreed.
 */
export async function measureSteps(
  options: StepOptions,
): Promise<{ report: StepReport; disagreed: boolean }> {
  const machine = describeMachine()
  const declarations = selectEngines(options.peers)
  const folder = mkdtempSync(join(tmpdir(), 'sandglass-bench-'))
  const children = new Map<string, Child>()
  const start = (declaration: EngineDeclaration) => {
    const child = children.get(declaration.id) ?? startChild(declaration.command)
    children.set(declaration.id, child)
    return child
  }
  const peaks: Record<string, number[]> = {}
  const sgemm = startChild(sgemmCommand())
  const workloads: Workloads = []
  let disagreed = false
  try {
    for (const task of selectTasks(options.workloads)) {
      const { contestants, leftOut, wrong } = await prepare(
        task,
        declarations,
        join(folder, task.id),
        start,
        children,
        options,
      )
      disagreed ||= wrong
      for (let round = 0; round < options.rounds && contestants.length; round++) {
        options.log(`${task.id}: round ${round + 1} of ${options.rounds}`)
        for (const contestant of turns(contestants, round)) {
          await sleep(options.settleMs)
          try {
            contestant.msPerStep.push(await turn(contestant))
          } catch (error) {
            // The others go on; without ours there is nothing to compare with.
            if (contestant.declaration.role === 'ours') throw error
            leftOut.push({ engine: contestant.declaration.id, why: (error as Error).message })
            contestants.splice(contestants.indexOf(contestant), 1)
            children.delete(contestant.declaration.id)
          }
        }
        await sleep(options.settleMs)
        const rates = await sgemm
          .ask<{ rates: Record<string, number> }>({ do: 'gemm' })
          .catch(() => ({ rates: {} as Record<string, number> }))
        for (const [of, rate] of Object.entries(rates.rates)) peaks[of] = [...(peaks[of] ?? []), rate]
      }
      const results = resultsOf(task, contestants)
      for (const { engine, medianMs } of results.results)
        options.log(`${task.id}: ${engine} ${medianMs.toPrecision(3)} ms/step`)
      for (const { engine, why } of leftOut) options.log(`${task.id}: without ${engine}: ${why}`)
      workloads.push({ ...results, left_out: leftOut })
    }
  } finally {
    await Promise.all([...children.values(), sgemm].map((child) => child.end()))
    rmSync(folder, { recursive: true, force: true })
  }
  const best = Object.entries(peaks).map(([of, rates]) => ({ of, gflops: median(rates) }))
  const sgemmPeak = best.sort((a, b) => b.gflops - a.gflops)[0]
  const overBest = workloads.flatMap(({ results }) => {
    const peers = results.filter(({ role }) => role === 'peer').map(({ ratio }) => ratio.median)
    return peers.length ? [Math.min(...peers)] : []
  })
  return {
    disagreed,
    report: {
      kind: 'step',
      machine,
      rounds: options.rounds,
      flopsFormula: FLOPS_FORMULA,
      sgemmPeak,
      workloads: workloads.map((workload) => ({
        ...workload,
        results: workload.results.map((result) => ({
          ...result,
          shareOfPeak: sgemmPeak && result.gflops / sgemmPeak.gflops,
        })),
      })),
      geometricMeanOverBestPeer: overBest.length ? geometricMean(overBest) : undefined,
    },
  }
}

/** Every round begins with another engine, so that none always follows the same. */
function turns(contestants: readonly Contestant[], round: number): Contestant[] {
  const first = round % contestants.length
  return [...contestants.slice(first), ...contestants.slice(0, first)]
}

async function turn({ child, steps }: Contestant): Promise<number> {
  const warmUp = Math.max(1, Math.ceil(steps / 10))
  const { ns } = await child.ask<{ ns: number }>({ do: 'run', steps, warmUp })
  return ns / 1e6 / steps
}

async function prepare(
  task: Task,
  declarations: readonly EngineDeclaration[],
  folder: string,
  start: (declaration: EngineDeclaration) => Child,
  children: Map<string, Child>,
  { seconds, log }: StepOptions,
) {
  const leftOut: { engine: string; why: string }[] = []
  const contestants: Contestant[] = []
  let wrong = false
  let manifest: string
  try {
    manifest = await writeFixture(task, folder)
  } catch (error) {
    leftOut.push({ engine: 'all', why: (error as Error).message })
    return { contestants, leftOut, wrong }
  }
  for (const declaration of declarations) {
    const { id } = declaration
    const unable = declaration.workloads && !declaration.workloads.includes(task.workload.name)
    const why = unable ? 'has no kernels for it, or it is not written for it' : missing(declaration)
    if (why) {
      leftOut.push({ engine: id, why })
      continue
    }
    log(`${task.id}: ${id} gets ready`)
    try {
      const child = start(declaration)
      const prepared = await child.ask<Prepared>({ do: 'prepare', manifest, checked: CHECKED_STEPS })
      const reference = contestants[0]?.prepared.losses ?? prepared.losses
      if (!lossesAgree(prepared.losses, reference, TOLERANCE)) {
        wrong = true
        throw new Error(
          `its losses ${prepared.losses.map((l) => l.toFixed(5))} are not those of ${contestants[0]?.declaration.id ?? id}, ${reference.map((l) => l.toFixed(5))}`,
        )
      }
      const contestant = { declaration, child, prepared, steps: 3, msPerStep: [] }
      contestants.push(contestant)
      await calibrate(contestant, seconds)
    } catch (error) {
      leftOut.push({ engine: id, why: (error as Error).message })
      const at = contestants.findIndex(({ declaration: d }) => d.id === id)
      if (at >= 0) contestants.splice(at, 1)
      const child = children.get(id)
      children.delete(id)
      await child?.end()
      if (declaration.role === 'ours') break
    }
  }
  return { contestants, leftOut, wrong }
}

/** Chooses how many steps a turn has. */
async function calibrate(contestant: Contestant, seconds: number): Promise<void> {
  const few = await turn(contestant)
  contestant.steps = Math.max(3, Math.min(20, Math.ceil((seconds * 200) / few)))
  const ms = await turn(contestant)
  contestant.steps = Math.max(3, Math.min(MOST_STEPS, Math.ceil((seconds * 1000) / ms)))
}

function resultsOf(
  { id, workload, batch }: Task,
  contestants: readonly Contestant[],
): Omit<Workloads[number], 'left_out'> {
  const flops = flopsOf(workload, batch)
  const ours = contestants[0]?.msPerStep ?? []
  return {
    id,
    title: workload.title,
    batch,
    flops,
    results: contestants.map(({ declaration, prepared, msPerStep }) => {
      const medianMs = median(msPerStep)
      return {
        engine: declaration.id,
        role: declaration.role,
        version: prepared.engine,
        rounds: msPerStep,
        medianMs,
        ratio: pairedRatio(msPerStep, ours),
        gflops: flops / medianMs / 1e6,
        openMs: prepared.openMs,
        firstStepMs: prepared.firstStepMs,
      }
    }),
  }
}
