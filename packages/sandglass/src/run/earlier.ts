import { join } from 'node:path'
import type { Backend, HostRecord, Splits } from '@sandglass/core'
import { exists, files, readJson } from './folder'
import type { RunOptions } from './run-options'
import type { RunPlan } from './run-plan'
import { type EarlierTraining, warmStart } from './warm-start'

/** What was trained before the run itself. */
export interface Earlier {
  /** Weights to begin with; absent where they are drawn, or come from a checkpoint. */
  readonly initialWeights?: HostRecord
  readonly trainings?: readonly EarlierTraining[]
}

/**
 * Trains what comes first, or recalls what was trained first when a run is resumed. Returns undefined if the signal was
 * aborted on the way.
 */
export async function earlierTrainings(
  plan: RunPlan,
  data: Splits,
  { registry, backend, signal, observer = {}, resumeFrom }: RunOptions & { readonly backend: Backend },
): Promise<Earlier | undefined> {
  const { warmStart: first } = plan.settings
  if (!first) return {}
  if (resumeFrom) {
    const path = join(plan.folder, files.warmStart)
    return (await exists(path)) ? { trainings: (await readJson(path)) as EarlierTraining[] } : {}
  }
  const { onTraining, onEvent } = observer
  const warm = await warmStart(first, plan, data, { registry, backend, signal, onTraining, onEvent })
  if (!warm) return undefined
  onTraining?.('training')
  return { initialWeights: warm.weights, trainings: warm.trainings }
}
