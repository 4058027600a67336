import { SandglassError, type Scalars } from '@sandglass/core'
import { evaluateDataset } from './evaluate'
import { type HistoryEntry, historyEntry, reportedAs } from './history'
import type { LearningRates } from './learning-rates'
import type { Loop } from './loop-parts'
import { objectivesWithin, UNKNOWN_BATCHES } from './turns'

/**
 * Validates after a pass over the data, adds its entry to the history and moves on to the next epoch. Undefined when the
 * signal is aborted on the way: nothing has changed then.
 */
export async function finishEpoch(
  { plan, session, progress, fields, signal }: Loop,
  rates: LearningRates,
): Promise<HistoryEntry | undefined> {
  const { position, controls } = progress
  const { batches, turns } = progress.timetable
  const several = plan.model.objectives.length > 1
  const first = position.epoch * batches
  const active = new Set(objectivesWithin(turns, first, first + batches))
  const objectives = plan.model.objectives.map(({ name }) => name).filter((name) => active.has(name))
  const validation = fields.validation?.data
  const evaluation = { objectives, batchSize: plan.validationBatchSize, controls, signal }
  const validated = validation && (await evaluateDataset(session, plan.model, validation, evaluation))
  if (validation && !validated) return undefined
  const trained: Scalars = {}
  for (const objective of objectives)
    for (const [name, value] of Object.entries(progress.means.get(objective)?.result() ?? {}))
      trained[reportedAs(objective, name, several)] = value
  const lastRates = Object.fromEntries(
    objectives.map((name) => [reportedAs(name, 'learningRate', several), rates.last(name)]),
  )
  const entry = historyEntry(position.epoch + 1, trained, validated, { ...lastRates, ...controls })
  progress.history.push(entry)
  progress.means.clear()
  countBatches({ plan, progress })
  position.epoch++
  position.batch = 0
  return entry
}

/** A pass is complete: now it is known how many batches there are. */
function countBatches({ plan, progress }: Pick<Loop, 'plan' | 'progress'>): void {
  const { timetable, position } = progress
  if (timetable.batches === UNKNOWN_BATCHES) progress.timetable = plan.timetableOf(position.batch)
  else if (position.batch !== timetable.batches)
    throw new SandglassError('data', `the stream "${plan.train.name}" changes its size`, {
      got: `${position.batch} batches in epoch ${position.epoch + 1}`,
      expected: `${timetable.batches}, as in the first`,
    })
}
