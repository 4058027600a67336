import type { BatchOptions, Dataset, HostTensor, TrainedModel } from '@sandglass/core'
import { feeds } from './gather'

export interface ApplyOptions extends BatchOptions {
  /** In place of the samples' own input. */
  readonly input?: HostTensor
}

/**
 * What a function of a model makes of the samples at `indices`, with all the fields that it takes (the input, and a
 * mask where there is one); of several outputs the first.
 */
export async function applyTo(
  dataset: Dataset,
  indices: ArrayLike<number>,
  trained: TrainedModel,
  name: 'encode' | 'reconstruct',
  { input, batchSize }: ApplyOptions = {},
): Promise<HostTensor> {
  const { model } = trained
  const fed = await feeds(model, name, dataset, indices)
  const outputs = await trained.run(name, input ? { ...fed, input } : fed, batchSize ? { batchSize } : {})
  return outputs[Object.keys(model.functions[name]!.outputs)[0]!]!
}
