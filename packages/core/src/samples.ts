import type { Controls } from './control'
import type { AnyDataset } from './dataset'
import type { HostTensor } from './tensors'

/** Numbers nested as deep as the shape of a batch. */
export type NestedNumbers = readonly number[] | readonly NestedNumbers[]

/**
 * Samples for a model: an array on the host whose shape begins with the number of samples, a flat typed array of whole
 * samples, or nested arrays of numbers `[samples, …shape]`.
 */
export type Samples = HostTensor | Float32Array | Int32Array | Uint8Array | NestedNumbers

/** Inputs of a function by name, or a dataset or stream that has them as fields. */
export type FunctionInputs = Readonly<Record<string, Samples>> | AnyDataset

export interface BatchOptions {
  /** Samples that the backend is given at a time. Default 256, for `evaluate` 32. */
  readonly batchSize?: number
  /** Values of the model's controls, for this call. Those that are absent are as the training left them. */
  readonly controls?: Controls
}

export interface RunOptions extends BatchOptions {
  /** How many samples to make: for functions without inputs, and only for these. */
  readonly size?: number
  /** Of the function's random numbers. Default: the seed that the model was trained or opened with. */
  readonly seed?: number
  /**
   * Which draw of this seed, from 0. The same seed and draw give the same samples, whatever the batch size. Default:
   * each run has the next one, so samples are fresh; 0 where `seed` is given.
   */
  readonly draw?: number
}
