import { type Attachment, type Channel, type Dataset, SandglassError, type Session } from '@sandglass/core'
import type { Run } from '../callbacks/callback'
import { performProcedure } from '../model/perform'
import type { FitEvent } from './events'
import type { Plan } from './plan'
import type { Progress } from './progress'

export interface Starting {
  readonly plan: Plan
  readonly session: Session
  readonly progress: Progress
  readonly run: Run
  /** What was fitted so far; what the procedure fits is added. */
  readonly attachments: Record<string, Attachment>
  readonly channel: Channel<FitEvent>
  readonly signal?: AbortSignal
}

/**
 * Performs the procedure that a run starts with, on its training data, unless that is done. Nothing changes when
 * `signal` is aborted on the way: the run can then be resumed and starts again.
 */
export async function performStart(starting: Starting): Promise<void> {
  const { plan, session, progress, run, attachments, channel, signal } = starting
  const { model, seed, start } = plan
  if (progress.started || !start) {
    progress.started = true
    return
  }
  const performer = { model, session, seed, attachments, controls: run.controls, weights: run.weights }
  const options = { options: start.options, data: dataFor(plan, start.procedure), signal }
  try {
    const { weights, attachments: fitted } = await performProcedure(
      performer,
      start.procedure,
      options,
      channel,
    )
    if (weights) await run.setWeights({ ...(await run.weights()), ...weights })
    Object.assign(attachments, fitted)
    progress.started = true
  } catch (error) {
    if (!signal?.aborted) throw error
  }
}

/** Procedures read their data in any order. */
function dataFor({ model, train }: Plan, procedure: string): Dataset | undefined {
  if (!('read' in train)) return train
  if (model.procedures?.[procedure]?.data !== 'required') return undefined
  throw new SandglassError(
    'data',
    `the procedure "${procedure}" cannot be performed on the stream "${train.name}"`,
    {
      expected: 'a dataset, whose samples can be read in any order',
      advice: 'Load it into memory first (await load(stream)), or start without it: start: false.',
    },
  )
}
