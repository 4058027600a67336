import { type Cycle, checkTurns, type Objective, phasesOf, SandglassError, type Turns } from '@sandglass/core'

/** A phase of a run whose number of batches is known. */
export interface PlannedPhase {
  /** Counted through the whole run, from 0. */
  readonly firstBatch: number
  readonly cycle: Cycle
  /** Objectives whose optimizers begin anew. */
  readonly reset: readonly string[]
}

/** In their order; the first begins with batch 0. */
export type PlannedTurns = readonly PlannedPhase[]

/** What of a run depends on the number of batches in an epoch. */
export interface Timetable {
  readonly batches: number
  readonly turns: PlannedTurns
}

/**
 * Batches in an epoch while their number is not known: more than there are, so that nothing planned for a later epoch
 * begins in the first. Times the number of an epoch it is still exact.
 */
export const UNKNOWN_BATCHES = 2 ** 40

/**
 * Which objectives have their turn on which batch: as asked, or every objective on every batch. `batches` are those of
 * an epoch. Throws `SandglassError` (`spec`) on unknown names and on phases that do not follow one another.
 */
export function planTurns(
  objectives: readonly Objective[],
  asked: Turns | undefined,
  batches: number,
): PlannedTurns {
  const names = objectives.map(({ name }) => name)
  const turns = asked ?? [names]
  checkTurns(turns, names)
  const planned: PlannedPhase[] = []
  for (const { from, turns: cycle, reset = [] } of phasesOf(turns)) {
    const firstBatch =
      from === undefined ? 0 : 'epoch' in from ? (from.epoch - 1) * batches : batchOf(planned, from.step)
    const before = planned.at(-1)
    if (before && firstBatch <= before.firstBatch)
      throw new SandglassError(
        'spec',
        `phase ${planned.length + 1} of the turns does not begin after the one before it`,
        {
          got: `batch ${firstBatch + 1} of the run after batch ${before.firstBatch + 1}, at ${batches} batches an epoch`,
          advice: 'Let all phases begin by epochs, or all by updates.',
        },
      )
    planned.push({ firstBatch, cycle, reset })
  }
  return planned
}

/** The first batch before which at least `step` updates are done. */
function batchOf(turns: PlannedTurns, step: number): number {
  const { firstBatch, cycle } = turns.at(-1)!
  const left = step - updatesBefore(turns, firstBatch)
  const size = cycle.flat().length
  let batch = firstBatch + Math.floor(Math.max(0, left) / size) * cycle.length
  while (updatesBefore(turns, batch) < step) batch++
  return batch
}

/** The phase that a batch belongs to. */
export function phaseAt(turns: PlannedTurns, batch: number): PlannedPhase {
  return turns.findLast(({ firstBatch }) => firstBatch <= batch)!
}

/** Objectives that have their turn on a batch, in their order. */
export function turnsAt(turns: PlannedTurns, batch: number): readonly string[] {
  const { firstBatch, cycle } = phaseAt(turns, batch)
  return cycle[(batch - firstBatch) % cycle.length]!
}

/** Updates before a batch: those of one objective, or all. */
export function updatesBefore(turns: PlannedTurns, batch: number, objective?: string): number {
  let updates = 0
  for (const [i, { firstBatch, cycle }] of turns.entries()) {
    const end = Math.min(batch, turns[i + 1]?.firstBatch ?? batch)
    if (end <= firstBatch) break
    const counts = cycle.map((names) =>
      objective === undefined ? names.length : names.filter((name) => name === objective).length,
    )
    const whole = Math.floor((end - firstBatch) / cycle.length)
    updates += whole * sum(counts) + sum(counts.slice(0, (end - firstBatch) % cycle.length))
  }
  return updates
}

/** Batches before `end` whose phases train an objective: the first, and how many. */
export function batchesOf(
  turns: PlannedTurns,
  objective: string,
  end: number,
): { readonly first: number; readonly count: number } {
  const own = turns.flatMap(({ firstBatch, cycle }, i) =>
    cycle.flat().includes(objective)
      ? [
          {
            first: firstBatch,
            count: Math.max(0, Math.min(end, turns[i + 1]?.firstBatch ?? end) - firstBatch),
          },
        ]
      : [],
  )
  return { first: own[0]?.first ?? 0, count: sum(own.map(({ count }) => count)) }
}

/** Objectives of the phases that batches `first`…`end − 1` belong to, each once. */
export function objectivesWithin(turns: PlannedTurns, first = 0, end = Number.POSITIVE_INFINITY): string[] {
  const phases = turns.filter(
    ({ firstBatch }, i) => firstBatch < end && (turns[i + 1]?.firstBatch ?? Number.POSITIVE_INFINITY) > first,
  )
  return [...new Set(phases.flatMap(({ cycle }) => cycle.flat()))]
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
