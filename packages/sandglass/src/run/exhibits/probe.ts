import type {
  ExhibitInput,
  HostTensor,
  LayerResult,
  ModelFunction,
  Shape,
  TensorRecord,
} from '@sandglass/core'
import { openModel } from '@sandglass/trainer'
import type { Tensor } from '@tensorflow/tfjs-core'
import { feeds } from '../gather'

/** `[batch, …]` of what `encode` takes. */
export type Probed = (
  weights: TensorRecord,
  inputs: TensorRecord,
  context: Parameters<ModelFunction['apply']>[2],
) => Tensor

/** Runs a function on samples once, on the model's backend, in a session of its own: `[indices, …shape]`. */
export async function probe(
  { trained, backend, dataset, seed }: ExhibitInput,
  indices: ArrayLike<number>,
  shape: Shape,
  probed: Probed,
): Promise<HostTensor> {
  const { model } = trained
  const own: ModelFunction = {
    inputs: model.functions.encode!.inputs,
    outputs: { result: shape },
    apply: (weights, inputs, context) => ({ result: probed(weights, inputs, context) }),
  }
  const opened = await openModel(
    { model: { ...model, objectives: [], functions: { own } }, weights: await trained.weights() },
    { backend, seed },
  )
  try {
    return (await opened.run('own', await feeds(opened.model, 'own', dataset, indices))).result!
  } finally {
    opened.dispose()
  }
}

/** What `encode` makes of a sample at one of its layers; undefined where that does not run. */
export function seenAt(
  { apply }: ModelFunction,
  path: string,
  ...[weights, inputs, context]: Parameters<Probed>
): LayerResult | undefined {
  let seen: LayerResult | undefined
  apply(weights, inputs, {
    ...context,
    watch: (at, result) => {
      if (at === path) seen = result
    },
  })
  return seen
}
