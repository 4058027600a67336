import {
  type Attachments,
  attachmentsSchema,
  type Controls,
  decodeState,
  encodeState,
  type HostRecord,
  type Json,
  SandglassError,
  type TrainingState,
} from '@sandglass/core'
import { z } from 'zod'
import type { HistoryEntry } from '../fit/history'
import type { MeansState } from '../fit/means'
import { decodeNumbers, encodeNumbers, type NumberRecord } from './numbers'

/** Where a run stands. Everything else about it (order of data, noise, learning rate) follows from this. */
export interface Position {
  /** Epochs completed. */
  readonly epoch: number
  /** Batches completed in this epoch. */
  readonly batch: number
  /** Objectives that have had their turn on the next batch. */
  readonly turn: number
  /** Updates done in the whole run. */
  readonly step: number
}

/** The data that a run trains on, or evaluates on. */
export type DataPart = 'train' | 'validation'

/** What a callback keeps of what it has seen. */
export interface CallbackState {
  readonly json: Json
  readonly tensors?: HostRecord
}

/** All that it takes to go on with a run as if it had never stopped. */
export interface Checkpoint {
  readonly seed: number
  readonly position: Position
  readonly training: TrainingState
  readonly history: readonly HistoryEntry[]
  /** Of the epoch under way, by objective. */
  readonly means: Readonly<Record<string, MeansState>>
  /** By name. */
  readonly callbacks: Readonly<Record<string, CallbackState>>
  /** What was fitted beside the weights. */
  readonly attachments: Attachments
  /** Values of the model's controls. */
  readonly controls: Controls
  /** Fields of the data that were set while training. */
  readonly fields?: Readonly<Partial<Record<DataPart, HostRecord>>>
  /** Batches in an epoch, where the first pass over a stream has found out how many there are. */
  readonly batches?: number
  /** Why a callback ended the run, if one did: it then stays ended. */
  readonly stopped?: string
  /** The run was aborted before what is done at the start was done. */
  readonly pending?: 'start'
  /** What the run was made of; a run that goes on must be made of the same. */
  readonly identity: Readonly<Record<string, Json>>
}

const CALLBACK = 'callback:'
const ATTACHMENT = 'attachment:'
const FIELDS = 'fields:'
const BESIDE = [CALLBACK, ATTACHMENT, FIELDS]

/**
 * A checkpoint as one file, bit for bit. Tensors of callbacks and attachments and fields that were set stand beside the
 * slots of the optimizers.
 *
 * Throws `SandglassError` (`data`) when a callback's state is not JSON.
 */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array<ArrayBuffer> {
  const { training, history, means, callbacks, attachments, fields = {}, ...rest } = checkpoint
  const tensors = [
    ...Object.entries(callbacks).map(([name, state]) => [CALLBACK + name, state.tensors ?? {}]),
    ...Object.entries(attachments).map(([name, attachment]) => [ATTACHMENT + name, attachment.tensors]),
    ...Object.entries(fields).map(([part, set]) => [FIELDS + part, set]),
  ]
  return encodeState({
    state: { ...training, slots: { ...training.slots, ...Object.fromEntries(tensors) } },
    json: {
      ...rest,
      position: { ...rest.position },
      history: history.map(encodeNumbers),
      means: mapValues(means, ({ size, sums }) => ({ size, sums: encodeNumbers(sums) })),
      callbacks: mapValues(callbacks, ({ json }) => json),
      attachments: mapValues(attachments, ({ tensors: _, ...described }) => described),
    } as unknown as Json,
  })
}

const count = z.int().nonnegative()
const numbers = z.record(z.string(), z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]))
const schema = z.strictObject({
  seed: z.int(),
  position: z.strictObject({ epoch: count, batch: count, turn: count, step: count }),
  history: z.array(numbers),
  means: z.record(z.string(), z.strictObject({ size: count, sums: numbers })),
  callbacks: z.record(z.string(), z.unknown()),
  attachments: attachmentsSchema,
  controls: z.record(z.string(), z.number()),
  batches: z.int().positive().optional(),
  stopped: z.string().optional(),
  pending: z.literal('start').optional(),
  identity: z.record(z.string(), z.unknown()),
})

/**
 * Reads what `encodeCheckpoint` wrote. `source` names the file in messages.
 *
 * Throws `SandglassError` (`file`) when it is damaged, no checkpoint of a run, or of a newer format.
 */
export function decodeCheckpoint(bytes: Uint8Array, source = 'checkpoint'): Checkpoint {
  const { state, json } = decodeState(bytes, source)
  const result = schema.safeParse(json)
  if (!result.success)
    throw new SandglassError('file', `${source} is malformed`, {
      got: `a description with a wrong ${result.error.issues[0]!.path.join('.') || 'form'}`,
      expected: 'what fit writes',
      cause: result.error,
    })
  const { callbacks, attachments, history, means, identity, ...rest } = result.data
  const slots: Record<string, HostRecord> = {}
  const tensors: Record<string, HostRecord> = {}
  for (const [name, record] of Object.entries(state.slots))
    (BESIDE.some((prefix) => name.startsWith(prefix)) ? tensors : slots)[name] = record
  const fields = (['train', 'validation'] as const).flatMap((part) =>
    tensors[FIELDS + part] ? [[part, tensors[FIELDS + part]!] as const] : [],
  )
  return {
    ...rest,
    ...(fields.length && { fields: Object.fromEntries(fields) }),
    identity: identity as Record<string, Json>,
    training: { ...state, slots },
    history: history.map((entry) => Object.freeze(decodeNumbers(entry as NumberRecord))),
    means: mapValues(means, ({ size, sums }) => ({ size, sums: decodeNumbers(sums as NumberRecord) })),
    attachments: Object.fromEntries(
      Object.entries(attachments).map(([name, described]) => [
        name,
        { ...described, tensors: tensors[ATTACHMENT + name] ?? {} },
      ]),
    ),
    callbacks: Object.fromEntries(
      Object.entries(callbacks).map(([name, value]) => [
        name,
        {
          json: value as Json,
          tensors: Object.keys(tensors[CALLBACK + name] ?? {}).length ? tensors[CALLBACK + name] : undefined,
        },
      ]),
    ),
  }
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]))
}
