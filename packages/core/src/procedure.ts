import type { z } from 'zod'
import type { Attachments } from './attachment'
import type { Controls } from './control'
import type { Dataset } from './dataset'
import type { Network } from './network'
import type { Streams } from './random/streams'
import type { FunctionInputs, RunOptions } from './samples'
import type { HostRecord, Scalars } from './tensors'

/** What a procedure works with. */
export interface ProcedureTools {
  readonly model: Network
  /** The data that it was given. */
  readonly data?: Dataset
  readonly seed: number
  /** Random streams of `seed`. */
  readonly streams: Streams
  /** What was fitted beside the weights so far. */
  readonly attachments: Attachments
  /** Values of the model's controls, which `run` uses unless its options say otherwise. */
  readonly controls: Controls
  /** Aborted when the caller does not want the result any more: `run` and `progress` then throw its reason. */
  readonly signal: AbortSignal
  /** Runs a function of the model, in batches. Its draws are those of `seed` unless `options` say otherwise. */
  run(name: string, inputs: FunctionInputs, options?: RunOptions): Promise<HostRecord>
  /** By full name. */
  weights(): Promise<HostRecord>
  /** Tells how far the work is: `done` of `total` (absent when unknown), and figures so far. */
  progress(done: number, total?: number, figures?: Scalars): void
}

/** What a procedure made. Nothing of it takes effect before the whole procedure is done. */
export interface ProcedureResult {
  /** Arrays, the samples first: `[samples, …]`. */
  readonly outputs?: HostRecord
  readonly figures?: Scalars
  /** New values of the model's weights, by full name; the others stay. */
  readonly weights?: HostRecord
  /** What was fitted, by name; others of the model stay. */
  readonly attachments?: Attachments
}

/**
 * An async program over a model's functions, for what no single graph can do: sampling one pixel after another,
 * k-means, fitting a mixture, likelihoods in chunks. Pure but for its progress: it sees the model through its tools and
 * returns all it changes.
 */
export interface Procedure<Schema extends z.ZodObject = z.ZodObject> {
  /** One line for lists and help. */
  readonly description: string
  /** Schema of its options. */
  readonly options: Schema
  /** Whether it reads data. Default: it does not. */
  readonly data?: 'required' | 'optional'
  run(tools: ProcedureTools, options: z.output<Schema>): Promise<ProcedureResult>
}

/** Tells how far a procedure is. */
export interface ProcedureEvent {
  readonly type: 'progress'
  readonly procedure: string
  readonly done: number
  /** Absent while it is unknown. */
  readonly total?: number
  readonly figures?: Readonly<Scalars>
}

/**
 * Declares a procedure, so that `run` knows the type of its options.
 *
 * @example
 * const meanCode = defineProcedure({
 *   description: 'the mean of all codes',
 *   options: z.strictObject({ batchSize: positiveInt.default(256) }),
 *   data: 'required',
 *   run: async ({ run, data }, { batchSize }) => {
 *     const { code } = await run('encode', data!, { batchSize })
 *     return { attachments: { meanCode: { kind: 'vector', spec: { type: 'mean' }, tensors: { mean: meanOf(code!) } } } }
 *   },
 * })
 */
export function defineProcedure<Schema extends z.ZodObject>(procedure: Procedure<Schema>): Procedure {
  return procedure
}
