import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild } from '../child'
import { engines } from '../engines'
import { writeFixture } from '../fixture'
import { describeMachine } from '../machine'
import type { CompileReport } from '../report/schema'
import { median } from '../statistics'
import { selectTasks } from '../workloads/index'

export interface CompileOptions {
  readonly rounds: number
  readonly workloads?: readonly string[]
  readonly log: (line: string) => void
}

/** How long tracing and session creation take, each round in a fresh process. */
export async function measureCompilation({ rounds, workloads, log }: CompileOptions): Promise<CompileReport> {
  const report: CompileReport = {
    kind: 'compile',
    machine: describeMachine(),
    rounds,
    workloads: [],
    left_out: [],
  }
  const folder = mkdtempSync(join(tmpdir(), 'sandglass-bench-'))
  const [ours] = engines()
  try {
    for (const task of selectTasks(workloads)) {
      const opened: number[] = []
      const compiled: number[] = []
      try {
        const manifest = await writeFixture(task, join(folder, task.id))
        for (let round = 0; round < rounds; round++) {
          log(`${task.id}: round ${round + 1} of ${rounds}`)
          const child = startChild(ours!.command)
          try {
            const ready = await child.ask<{ openMs: number; firstStepMs: number }>({
              do: 'prepare',
              manifest,
              checked: 5,
            })
            const { ns } = await child.ask<{ ns: number }>({ do: 'run', steps: 5, warmUp: 2 })
            opened.push(ready.openMs)
            compiled.push(ready.firstStepMs - ns / 5e6)
          } finally {
            await child.end()
          }
        }
        report.workloads.push({
          id: task.id,
          title: task.workload.title,
          openMs: spread(opened),
          compileMs: spread(compiled),
        })
      } catch (error) {
        report.left_out.push({ engine: task.id, why: (error as Error).message })
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return report
}

function spread(values: readonly number[]) {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) }
}
