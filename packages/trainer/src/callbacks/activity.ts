import { define, type HostRecord, SandglassError } from '@sandglass/core'
import { z } from 'zod'
import { activityFunction } from '../activity/activity-function'
import { type ObservedLayer, observedLayers } from '../activity/activity-layers'
import { measure } from '../activity/activity-sums'
import type { CallbackState, Checkpoint } from '../checkpoint/checkpoint'
import type { Callback } from './callback'

/** How active the units of one layer were, epoch by epoch. */
export interface ActivityRecord extends ObservedLayer {
  /** Numbers of the epochs: 1, 2… */
  readonly epochs: readonly number[]
  readonly units: number
  /** Mean activation of each unit after each epoch: `[epochs, units]`. */
  readonly means: Float32Array
  /** How many units were dead after each epoch. */
  readonly dead: readonly number[]
}

const layerSchema = z.strictObject({
  path: z.string(),
  type: z.string(),
  activation: z.string().optional(),
  off: z.enum(['zero', 'nearly']).optional(),
  target: z.number().optional(),
  epochs: z.array(z.int().positive()),
  units: z.int().positive(),
  dead: z.array(z.int().nonnegative()),
})
const stateSchema = z.array(layerSchema)

/**
 * Records after every epoch how active each unit of some layers is on the validation data, or on the training data where
 * there is none, and how many units are dead. `layers` chooses as `unitActivity` does. The record is in the run's
 * checkpoints, so a resumed run goes on with it; `activityRecords(result.checkpoint)` reads it.
 */
export const activity = define('callback', {
  type: 'activity',
  description: 'records how active the units of some layers are, epoch by epoch',
  schema: z.strictObject({
    layers: z.union([z.enum(['regularized', 'code', 'hidden']), z.array(z.string())]).optional(),
    /** Mean magnitude up to which a unit counts as dead; as in `unitActivity`. */
    threshold: z.number().nonnegative().optional(),
    /** The first so many samples. */
    samples: z.int().positive().default(5000),
    /** Samples that the backend is given at a time. */
    batchSize: z.int().positive().default(500),
  }),
  build: ({ layers: choice, threshold, samples, batchSize }): Callback => {
    const name = `activity of ${[choice ?? 'units'].flat().join(', ')}`
    let layers: ObservedLayer[] = []
    let target: ReturnType<typeof activityFunction> | undefined
    let records: ActivityRecord[] = []
    return {
      name: 'activity',
      functions: (model) => {
        layers = observedLayers(model, choice)
        target = layers.length ? activityFunction(model, layers) : undefined
        return target ? { [name]: target } : {}
      },
      onEpoch: async ({ epoch }, run) => {
        if (!target) return
        const measured = await measure(target, layers, {
          dataset: run.validation ?? run.train,
          samples,
          batchSize,
          threshold,
          run: (inputs) => run.apply(name, inputs),
        })
        records = measured.map(({ path, means, dead }, i) => {
          const before = records.find((record) => record.path === path)
          return {
            ...layers[i]!,
            epochs: [...(before?.epochs ?? []), epoch],
            units: means.length,
            means: Float32Array.from([...(before?.means ?? []), ...means]),
            dead: [...(before?.dead ?? []), dead.length],
          }
        })
      },
      state: () => ({
        json: records.map(({ means: _, ...rest }) => ({ ...rest })) as never,
        tensors: Object.fromEntries(
          records.map(({ path, epochs, units, means }): [string, HostRecord[string]] => [
            path,
            { shape: [epochs.length, units], data: means },
          ]),
        ),
      }),
      restore: (state) => {
        records = recordsOf(state)
      },
    }
  },
})

/**
 * What `activity` recorded until this checkpoint; empty when it took no part. `name` tells several of them apart:
 * `activity2` is the second.
 *
 * Throws `SandglassError` (`file`) when the record is malformed.
 */
export function activityRecords(
  { callbacks }: Pick<Checkpoint, 'callbacks'>,
  name = 'activity',
): ActivityRecord[] {
  const state = Object.hasOwn(callbacks, name) ? callbacks[name] : undefined
  return state ? recordsOf(state) : []
}

function recordsOf({ json, tensors = {} }: CallbackState): ActivityRecord[] {
  const parsed = stateSchema.safeParse(json)
  const fits = (record: z.output<typeof layerSchema>) =>
    record.dead.length === record.epochs.length &&
    tensors[record.path]?.data.length === record.epochs.length * record.units
  if (!parsed.success || !parsed.data.every(fits))
    throw new SandglassError('file', 'the checkpoint holds a malformed state of activity', {
      got: JSON.stringify(json),
      cause: parsed.error,
    })
  return parsed.data.map((record) => ({
    ...record,
    means: Float32Array.from(tensors[record.path]!.data),
  })) as ActivityRecord[]
}
