import { type Controls, SandglassError } from '@sandglass/core'
import type { Callback } from '../callbacks/callback'
import type { Checkpoint, Position } from '../checkpoint/checkpoint'
import { checkIdentity, type Identity } from '../checkpoint/identity'
import type { HistoryEntry } from './history'
import { createMeans, type Means } from './means'
import type { Plan } from './plan'
import { scheduleProgress } from './schedule-progress'
import { type Timetable, turnsAt, UNKNOWN_BATCHES } from './turns'

/** The moving parts of a run. */
export interface Progress {
  readonly identity: Identity
  /** Made again when a first pass has found out how many batches there are. */
  timetable: Timetable
  position: { -readonly [K in keyof Position]: Position[K] }
  readonly history: HistoryEntry[]
  /** Of the epoch under way, by objective. */
  readonly means: Map<string, Means>
  /** Values of the model's controls: of the last batch or, before the first, those that it will have. */
  controls: Controls
  /** Why a callback wants the run to end. */
  stopped?: string
  /** Whether what is done at the start is done. */
  started: boolean
}

/** The beginning of a run, or where its checkpoint left off. Throws `SandglassError` when that is of another run. */
export function beginProgress(plan: Plan, identity: Identity, checkpoint?: Checkpoint): Progress {
  const timetable = plan.timetableOf(plan.batches ?? checkpoint?.batches ?? UNKNOWN_BATCHES)
  if (!checkpoint) {
    const begin = { timetable, position: { epoch: 0, batch: 0, turn: 0, step: 0 }, history: [] }
    const controls = controlsAt(plan, begin)
    return { identity, ...begin, means: new Map(), controls, started: false }
  }
  checkIdentity(checkpoint.identity, identity)
  const { position, history, means, controls, stopped, pending } = checkpoint
  const { turns, batches } = timetable
  const turn = turnsAt(turns, position.epoch * batches + position.batch)
  if (position.batch > batches || position.turn >= turn.length || history.length !== position.epoch)
    throw new SandglassError('file', 'the checkpoint contradicts itself', {
      got: `${history.length} entries of history, ${JSON.stringify(position)}`,
      expected: `an entry for each epoch and at most ${batches} batches`,
    })
  return {
    identity,
    timetable,
    position: { ...position },
    history: [...history],
    means: new Map(Object.entries(means).map(([name, state]) => [name, createMeans(state)])),
    controls,
    stopped,
    started: pending === undefined,
  }
}

/** Values of the model's controls for the next batch. */
export function controlsAt(
  { controls, epochs, monitor, train }: Plan,
  { timetable, position: { epoch, batch }, history }: Pick<Progress, 'timetable' | 'position' | 'history'>,
): Controls {
  const { batches } = timetable
  const length =
    batches === UNKNOWN_BATCHES ? undefined : { stepsPerEpoch: batches, totalSteps: batches * epochs }
  const step = epoch * batches + batch
  return controls.at(scheduleProgress({ step, epoch, history, monitor }, length, train.name))
}

/** Batches in an epoch, once it is known. */
export function knownBatches({ timetable: { batches } }: Progress): number | undefined {
  return batches === UNKNOWN_BATCHES ? undefined : batches
}

/** Names for the states of callbacks: `earlyStopping`, `earlyStopping2`… */
export function nameCallbacks(callbacks: readonly Callback[]): Map<string, Callback> {
  const result = new Map<string, Callback>()
  for (const callback of callbacks) {
    let name = callback.name
    for (let n = 2; result.has(name); n++) name = `${callback.name}${n}`
    result.set(name, callback)
  }
  return result
}

/** Gives callbacks back what they had kept. */
export function restoreCallbacks(callbacks: readonly Callback[], checkpoint?: Checkpoint): void {
  for (const [name, callback] of nameCallbacks(callbacks)) {
    const state = checkpoint?.callbacks[name]
    if (state) callback.restore?.(state)
  }
}
