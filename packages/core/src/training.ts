import { z } from 'zod'
import { specRef } from './definition'
import { SandglassError } from './errors'
import type { Json } from './spec'
import type { OptimizerSpec } from './specs'

/** Which objectives are trained on which batch: the lists are gone through again and again, one a batch. */
export type Cycle = readonly (readonly string[])[]

/** A stretch of a training that has turns of its own. */
export interface Phase {
  /**
   * Where it begins: its first epoch, counted from 1, or the number of updates (of all objectives) done before its
   * first batch. Left out in the first phase, and only there.
   */
  readonly from?: { readonly epoch: number } | { readonly step: number }
  readonly turns: Cycle
  /**
   * Objectives whose optimizers begin anew: slots, averages of weights and the count of updates, as if none had been
   * done. Learning-rate schedules go on.
   */
  readonly reset?: readonly string[]
}

/** One cycle for the whole training, or phases in their order. */
export type Turns = Cycle | readonly Phase[]

/** The figure of the history by which a training is judged. */
export interface Monitor {
  /** As the history has it: `val_critic_loss`. */
  readonly name: string
  /** Which values are better. `auto`, the default: higher ones of accuracies and their like, else lower ones. */
  readonly mode?: 'auto' | 'min' | 'max'
}

/** A monitor with its mode decided. */
export interface Monitored {
  readonly name: string
  readonly mode: 'min' | 'max'
}

/** A procedure of the model that is performed before the first update. */
export interface Start {
  readonly procedure: string
  readonly options?: Readonly<Record<string, Json>>
}

/**
 * How a model is trained unless it is told otherwise. Plain data: it is a part of what a checkpoint is checked against,
 * and each entry gives way to the option of that name.
 *
 * @example
 * const training: Training = {
 *   turns: [['critic'], ['critic'], ['critic', 'generator']],
 *   optimizers: { critic: { type: 'adam', beta1: 0 }, generator: { type: 'adam', beta1: 0 } },
 *   monitor: { name: 'val_critic_loss', mode: 'max' },
 * }
 */
export interface Training {
  /** Default: every objective on every batch, in the model's order. */
  readonly turns?: Turns
  /** By objective. Default: one must be given to train it. */
  readonly optimizers?: Readonly<Record<string, OptimizerSpec>>
  /** Default: the validation loss; with several objectives, that of the first one of the last phase. */
  readonly monitor?: string | Monitor
  readonly start?: string | Start
}

const name = z.string().min(1)
const cycle = z.array(z.array(name).min(1)).min(1)
const from = z.union([
  z.strictObject({ epoch: z.int().positive() }),
  z.strictObject({ step: z.int().nonnegative() }),
])

export const turnsSchema = z.union(
  [
    cycle,
    z.array(z.strictObject({ from: from.optional(), turns: cycle, reset: z.array(name).optional() })).min(1),
  ],
  {
    error:
      'expected lists of objectives, one a batch, or phases like { "from": { "epoch": 4 }, "turns": [["generator"]] }',
  },
)

export const monitorSchema = z.union(
  [name, z.strictObject({ name, mode: z.enum(['auto', 'min', 'max']).optional() })],
  { error: 'expected a name of the history, or { "name": "…", "mode": "min" | "max" }' },
)

export const startSchema = z.union(
  [name, z.strictObject({ procedure: name, options: z.record(z.string(), z.json()).optional() })],
  { error: 'expected the name of a procedure, or { "procedure": "…", "options": { … } }' },
)

export const trainingSchema = z.strictObject({
  turns: turnsSchema.optional(),
  optimizers: z.record(name, specRef('optimizer')).optional(),
  monitor: monitorSchema.optional(),
  start: startSchema.optional(),
})

/** Turns as phases: a cycle is one phase. */
export function phasesOf(turns: Turns): readonly Phase[] {
  return isPhases(turns) ? turns : [{ turns }]
}

function isPhases(turns: Turns): turns is readonly Phase[] {
  return turns.length > 0 && !Array.isArray(turns[0])
}

/**
 * Throws `SandglassError` (`spec`) unless turns name objectives alone, every batch has one, and each phase begins after
 * the one before it.
 */
export function checkTurns(turns: Turns, objectives: readonly string[]): void {
  const malformed = (got: string, expected = `lists of ${objectives.join(', ')}, one a batch`) =>
    new SandglassError('spec', 'the turns of the objectives are malformed', { got, expected })
  if (!turns.length) throw malformed('a batch on which none has its turn')
  let before: Phase | undefined
  for (const [i, phase] of phasesOf(turns).entries()) {
    const unknown = [...phase.turns.flat(), ...(phase.reset ?? [])].find((name) => !objectives.includes(name))
    if (unknown !== undefined) throw malformed(`the name "${unknown}"`)
    if (!phase.turns.length || phase.turns.some((names) => !names.length))
      throw malformed('a batch on which none has its turn')
    if ((phase.from === undefined) !== (i === 0))
      throw malformed(
        i === 0 ? `a first phase from ${showFrom(phase)}` : `phase ${i + 1} without a beginning`,
        '"from" in every phase but the first',
      )
    if (before?.from && phase.from && !isLater(phase.from, before.from))
      throw malformed(
        `phase ${i + 1} from ${showFrom(phase)} after one from ${showFrom(before)}`,
        'phases in their order',
      )
    before = phase
  }
}

type From = NonNullable<Phase['from']>

/** Whether `from` is later; one in epochs and one in updates cannot be compared without the data. */
function isLater(from: From, before: From): boolean {
  if ('epoch' in from && 'epoch' in before) return from.epoch > before.epoch
  return !('step' in from && 'step' in before) || from.step > before.step
}

function showFrom({ from }: Phase): string {
  return from && 'epoch' in from ? `epoch ${from.epoch}` : `update ${from?.step}`
}
