import { type Batch, type Channel, SandglassError, type Scalars, type Session } from '@sandglass/core'
import type { Run } from '../callbacks/callback'
import { fieldsRead } from './checked-batch'
import { evaluateDataset } from './evaluate'
import type { FitEvent, StepEvent } from './events'
import { type HistoryEntry, historyEntry, reportedAs } from './history'
import { hookOf } from './hooks'
import { learningRates } from './learning-rates'
import { createMeans } from './means'
import { checkMonitors } from './monitors'
import type { Plan } from './plan'
import { controlsAt, type Progress } from './progress'
import { readBatches } from './read-batches'
import type { Taken } from './reader'
import { resetOptimizers } from './reset-optimizers'
import type { SetFields } from './set-fields'
import { objectivesWithin, phaseAt, turnsAt, UNKNOWN_BATCHES } from './turns'
import { createYielder } from './yield-to-events'

export interface Loop {
  readonly plan: Plan
  readonly session: Session
  readonly progress: Progress
  readonly run: Run
  readonly channel: Channel<FitEvent>
  readonly signal?: AbortSignal
  /** The data, with the fields that were set while training. */
  readonly fields: { readonly train: SetFields; readonly validation?: SetFields }
  /** Told of each batch before its updates. */
  readonly onBatch: (batch: Batch) => void
}

export interface LoopResult {
  /** Updates done by this process, and the time that they took. */
  readonly steps: number
  readonly seconds: number
}

/** Trains until every epoch is done, the signal is aborted or a callback wants to stop. Leaves all state in `progress`. */
export async function trainLoop(loop: Loop): Promise<LoopResult> {
  const { plan, session, progress, run, channel, signal } = loop
  const { position } = progress
  const { train } = loop.fields
  const onStep = hookOf(plan.callbacks, 'onStep')
  const onEpoch = hookOf(plan.callbacks, 'onEpoch')
  const onSettled = hookOf(plan.callbacks, 'onSettled')
  const yieldToEvents = createYielder()
  const fields = fieldsRead(plan.train, plan.model)
  const several = plan.model.objectives.length > 1
  let rates = learningRates(plan, progress)
  const checked = new Set<string>()
  let steps = 0
  let seconds = 0

  const ended = () => signal?.aborted || progress.stopped !== undefined

  while (position.epoch < plan.epochs && !ended()) {
    const began = performance.now()
    const stepsBefore = steps
    const complete = await trainEpoch()
    const spent = (performance.now() - began) / 1000
    seconds += spent
    if (!complete || ended()) break
    const entry = await finishEpoch()
    if (!entry) break
    const event = {
      type: 'epoch',
      epoch: position.epoch,
      step: position.step,
      entry,
      seconds: (performance.now() - began) / 1000,
      stepsPerSecond: rateOfSteps(steps - stepsBefore, spent),
    } as const
    channel.send(event)
    await onEpoch.call(event, run)
    await onSettled.call(event, run)
  }
  return { steps, seconds }

  /** Trains on what is left of the epoch; returns whether it is complete. */
  async function trainEpoch(): Promise<boolean> {
    const { batches, turns } = progress.timetable
    const reader = readBatches(plan.train, {
      batchSize: plan.batchSize,
      fields,
      from: position.batch,
      buffer: plan.shuffleBuffer,
      shuffle: plan.shuffle ? { streams: plan.streams, epoch: position.epoch } : undefined,
    })
    const namesAt = (index: number) => turnsAt(turns, position.epoch * batches + index)
    try {
      let taken = await reader.next()
      while (taken) {
        const names = namesAt(position.batch)
        const coming = reader.next()
        const upcoming: Taken | undefined = coming instanceof Promise ? await coming : coming
        const at = position.epoch * batches + position.batch
        const { firstBatch, reset } = phaseAt(turns, at)
        if (reset.length && at === firstBatch && position.turn === 0)
          await resetOptimizers(session, plan, reset)
        do {
          if (ended()) return false
          progress.controls = controlsAt(plan, progress)
          const batch = train.see(taken)
          loop.onBatch(batch)
          const again = names[position.turn + 1]
          const following = again
            ? { objective: again, batch }
            : upcoming && { objective: namesAt(position.batch + 1)[0]!, batch: train.see(upcoming) }
          await update(names[position.turn]!, batch, names.length, following)
          const pause = yieldToEvents()
          if (pause) await pause
        } while (position.turn > 0)
        taken = upcoming
      }
      return true
    } finally {
      reader.close()
    }
  }

  async function update(
    objective: string,
    batch: Batch,
    turnsOfBatch: number,
    following: { readonly objective: string; readonly batch: Batch } | undefined,
  ): Promise<void> {
    const learningRate = rates.next(objective)
    const { step } = position
    const { controls } = progress
    const next = following && { ...following, step: step + 1 }
    const scalars = await session.step({ objective, batch, step, learningRate, controls, next })
    steps++
    meansOf(objective).add(scalars, batch.size)
    const { epoch, batch: index } = position
    position.step++
    if (++position.turn >= turnsOfBatch) {
      position.turn = 0
      position.batch++
    }
    if (!checked.has(objective)) {
      checked.add(objective)
      checkMonitors(plan, objective, scalars)
    }
    if (!channel.open && !onStep.used && !onSettled.used) return
    const event: StepEvent = {
      type: 'step',
      epoch: epoch + 1,
      batch: index + 1,
      step: position.step,
      objective,
      scalars,
      learningRate,
      controls,
    }
    channel.send(event)
    const pending = onStep.call(event, run)
    if (pending) await pending
    const settling = onSettled.call(event, run)
    if (settling) await settling
  }

  function meansOf(objective: string) {
    const found = progress.means.get(objective)
    if (found) return found
    const means = createMeans()
    progress.means.set(objective, means)
    return means
  }

  async function finishEpoch(): Promise<HistoryEntry | undefined> {
    const { batches, turns } = progress.timetable
    const first = position.epoch * batches
    const active = new Set(objectivesWithin(turns, first, first + batches))
    const objectives = plan.model.objectives.map(({ name }) => name).filter((name) => active.has(name))
    const { controls } = progress
    const validation = loop.fields.validation?.data
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
    countBatches()
    position.epoch++
    position.batch = 0
    rates = learningRates(plan, progress)
    return entry
  }

  /** A pass is complete: now it is known how many batches there are. */
  function countBatches(): void {
    const { batches } = progress.timetable
    if (batches === UNKNOWN_BATCHES) progress.timetable = plan.timetableOf(position.batch)
    else if (position.batch !== batches)
      throw new SandglassError('data', `the stream "${plan.train.name}" changes its size`, {
        got: `${position.batch} batches in epoch ${position.epoch + 1}`,
        expected: `${batches}, as in the first`,
      })
  }
}

export function rateOfSteps(steps: number, seconds: number): number {
  return seconds > 0 ? steps / seconds : 0
}
