import { fieldsRead } from './checked-batch'
import { finishEpoch } from './finish-epoch'
import { hookOf } from './hooks'
import type { Loop } from './loop-parts'
import { controlsAt } from './progress'
import { readBatches } from './read-batches'
import type { Taken } from './reader'
import { resetOptimizers } from './reset-optimizers'
import { phaseAt, turnsAt } from './turns'
import { createUpdates, type Updates } from './updates'
import { createYielder } from './yield-to-events'

export interface LoopResult {
  /** Updates done by this process, and the time that they took. */
  readonly steps: number
  readonly seconds: number
}

/** Trains until every epoch is done, the signal is aborted or a callback wants to stop. Leaves all state in `progress`. */
export async function trainLoop(loop: Loop): Promise<LoopResult> {
  const { plan, progress, run, channel } = loop
  const { position } = progress
  const onEpoch = hookOf(plan.callbacks, 'onEpoch')
  const onSettled = hookOf(plan.callbacks, 'onSettled')
  const updates = createUpdates(loop)
  const yieldToEvents = createYielder()
  let seconds = 0
  while (position.epoch < plan.epochs && !hasEnded(loop)) {
    const began = performance.now()
    const stepsBefore = updates.count
    const complete = await trainEpoch(loop, updates, yieldToEvents)
    const spent = (performance.now() - began) / 1000
    seconds += spent
    if (!complete || hasEnded(loop)) break
    const entry = await finishEpoch(loop, updates.rates)
    if (!entry) break
    updates.retime()
    const event = {
      type: 'epoch',
      epoch: position.epoch,
      step: position.step,
      entry,
      seconds: (performance.now() - began) / 1000,
      stepsPerSecond: rateOfSteps(updates.count - stepsBefore, spent),
    } as const
    channel.send(event)
    await onEpoch.call(event, run)
    await onSettled.call(event, run)
  }
  return { steps: updates.count, seconds }
}

function hasEnded({ signal, progress }: Loop): boolean {
  return signal?.aborted || progress.stopped !== undefined
}

/** Trains on what is left of the epoch; returns whether it is complete. */
async function trainEpoch(
  loop: Loop,
  updates: Updates,
  yieldToEvents: ReturnType<typeof createYielder>,
): Promise<boolean> {
  const { plan, session, progress, fields } = loop
  const { position } = progress
  const { batches, turns } = progress.timetable
  const reader = readBatches(plan.train, {
    batchSize: plan.batchSize,
    fields: fieldsRead(plan.train, plan.model),
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
        if (hasEnded(loop)) return false
        progress.controls = controlsAt(plan, progress)
        const batch = fields.train.see(taken)
        loop.onBatch(batch)
        const again = names[position.turn + 1]
        const following = again
          ? { objective: again, batch }
          : upcoming && { objective: namesAt(position.batch + 1)[0]!, batch: fields.train.see(upcoming) }
        await updates.next(names[position.turn]!, batch, names.length, following)
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

export function rateOfSteps(steps: number, seconds: number): number {
  return seconds > 0 ? steps / seconds : 0
}
