import type { Attachment, Attachments } from './attachment'
import type { Controls } from './control'
import type { AnyDataset, Dataset } from './dataset'
import type { Watched } from './event-channel'
import type { Model } from './model'
import type { ProcedureEvent, ProcedureResult } from './procedure'
import type { BatchOptions, FunctionInputs, RunOptions, Samples } from './samples'
import type { Json } from './spec'
import type { HostRecord, HostTensor, Scalars } from './tensors'

export interface PerformOptions {
  /** The procedure's own options. */
  readonly options?: object
  readonly data?: Dataset
  /** Default: the seed that the model was trained or opened with. */
  readonly seed?: number
  /** Aborting it ends the procedure; the model is then as it was before. */
  readonly signal?: AbortSignal
}

/**
 * A model with weights, on a backend. Of a dataset a function takes the fields that are named as its inputs. Throws once
 * it is disposed of.
 */
export interface TrainedModel {
  readonly model: Model
  readonly backend: { readonly id: string; readonly device: string }
  /** What was fitted beside the weights: scalers, thresholds, mixtures. */
  readonly attachments: Attachments
  /** The values that the model's controls had last: what it was trained or opened with. */
  readonly controls: Controls
  /** What else travels with the model: where its data came from, names of classes. */
  readonly extras: Json
  /** The model's `encode`: `[samples, …input]` → `[samples, …code]`; of several outputs the first. */
  encode(samples: Samples | AnyDataset, options?: RunOptions): Promise<HostTensor>
  /** The model's `decode`: `[samples, …code]` → `[samples, …output]`. */
  decode(samples: Samples, options?: RunOptions): Promise<HostTensor>
  /** The model's `reconstruct`: `[samples, …input]` → `[samples, …output]`. */
  reconstruct(samples: Samples | AnyDataset, options?: RunOptions): Promise<HostTensor>
  /** Any function of one input; of several outputs the first. */
  apply(name: string, samples: Samples | AnyDataset, options?: RunOptions): Promise<HostTensor>
  /**
   * Any function of the model, all inputs and outputs by name.
   *
   * @example
   * const { output } = await trained.run('sample', {}, { size: 16 }) // [16, …], others at every call
   * const again = await trained.run('sample', {}, { size: 16, seed: 1, draw: 3 }) // always these
   */
  run(name: string, inputs: FunctionInputs, options?: RunOptions): Promise<HostRecord>
  /**
   * Performs a procedure of the model. What it fits is attached and what it trains is set once it is done. Await the
   * result, or iterate over its progress.
   *
   * Rejects with `SandglassError` (`spec` on unknown procedures and options, `data` when it lacks data), or the reason
   * of the signal that ended it.
   */
  perform(procedure: string, options?: PerformOptions): Watched<ProcedureEvent, ProcedureResult>
  /** Adds something fitted, or replaces what has this name. */
  attach(name: string, attachment: Attachment): void
  /** Removes what was attached under this name. */
  detach(name: string): void
  /** Loss, parts and metrics over a dataset or stream, named as in the history. */
  evaluate(data: AnyDataset, options?: BatchOptions): Promise<Scalars>
  /** By full name. */
  weights(): Promise<HostRecord>
  /** The model with its attachments as the bytes of a safetensors file; `extras` replace those it has. */
  save(extras?: Json): Promise<Uint8Array<ArrayBuffer>>
  dispose(): void
}
