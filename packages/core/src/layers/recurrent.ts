import {
  add,
  cast,
  concat,
  mul,
  ones,
  reshape,
  split,
  sub,
  type Tensor,
  type Tensor2D,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core'
import { z } from 'zod'
import type { Activation } from '../activation'
import type { LayerInput, LayerSite } from '../layer'
import type { LayerResult } from '../layer-result'
import { activationSpec, initializerSpec, positiveInt, regularizerSpec } from '../schemas'
import type { Shape } from '../shape'
import type { Spec } from '../spec'
import type { TensorRecord } from '../tensors'
import type { WeightDeclaration } from '../weight'
import { declare } from './convolution'
import { sequenceShape } from './sequence'

/** Options that all recurrent layers have. */
export const recurrentOptions = {
  /** Width of the state, which is the output. */
  units: positiveInt,
  activation: activationSpec().prefault('tanh'),
  useBias: z.boolean().default(true),
  kernelInitializer: initializerSpec().prefault('glorotUniform'),
  recurrentInitializer: initializerSpec().prefault('orthogonal'),
  biasInitializer: initializerSpec().prefault('zeros'),
  kernelRegularizer: regularizerSpec().optional(),
  recurrentRegularizer: regularizerSpec().optional(),
  biasRegularizer: regularizerSpec().optional(),
  /** True gives the output of every step, `[batch, time, units]`, false that of the last, `[batch, units]`. */
  returnSequences: z.boolean().default(false),
  /** Reads the sequence from its end; outputs are in the order in which they were computed. */
  goBackwards: z.boolean().default(false),
}

/** What these options are called in PyTorch. */
export const recurrentNames = { units: ['hiddenSize'], useBias: ['bias'] } as const

/** Options that recurrent layers have elsewhere. */
export const recurrentAbsent = {
  inputSize: 'it comes from the input',
  numLayers: 'write one layer after another',
  batchFirst: 'the batch always comes first',
  bidirectional: 'wrap the layer, bidirectional({ layer })',
  dropout: 'put a dropout layer before it',
  recurrentDropout: 'put a dropout layer before it',
  returnState: 'the output of the last step is the state',
  stateful: 'every sequence begins with a state of zeros',
  unroll: 'steps are always unrolled',
}

interface RecurrentOptions {
  units: number
  activation: Spec
  useBias: boolean
  kernelInitializer: Spec
  recurrentInitializer: Spec
  biasInitializer: Spec
  kernelRegularizer?: Spec | undefined
  recurrentRegularizer?: Spec | undefined
  biasRegularizer?: Spec | undefined
  returnSequences: boolean
  goBackwards: boolean
}

/** Weights of a layer with `gates` gates: kernel, recurrent kernel and bias, gates side by side as in Keras. */
export function recurrentWeights(
  spec: RecurrentOptions,
  site: LayerSite & { what: string },
  gates: number,
  biasShape: Shape = [gates * spec.units],
): Record<string, WeightDeclaration> {
  const { registry, inputShape, what } = site
  const [, features] = sequenceShape(inputShape, site, what)
  const { units } = spec
  return {
    kernel: declare(registry, [features, gates * units], {
      initializer: spec.kernelInitializer,
      regularizer: spec.kernelRegularizer,
    }),
    recurrentKernel: declare(registry, [units, gates * units], {
      initializer: spec.recurrentInitializer,
      regularizer: spec.recurrentRegularizer,
    }),
    ...(spec.useBias && {
      bias: declare(registry, biasShape, {
        initializer: spec.biasInitializer,
        regularizer: spec.biasRegularizer,
      }),
    }),
  }
}

/**
 * One step: from its input `[features, batch]` and the state before it, `[units, batch]` each, absent at the first step
 * where it is zero, to the new state, whose first tensor is the output.
 */
export type Step = (x: Tensor2D, state: readonly Tensor2D[] | undefined) => readonly Tensor2D[]

/** Weights `[inputs, outputs]`, or biases `[outputs]`, as `[outputs, inputs]`, which multiply columns. */
export function columnwise(w: Tensor): Tensor2D {
  return (w.rank === 1 ? reshape(w, [-1, 1]) : transpose(w)) as Tensor2D
}

/** Biases `[width, 1]` for every column of a batch, so that their gradients are summed over time before the batch. */
export function repeated(bias: Tensor, batch: number): Tensor2D {
  return mul(bias, ones([1, batch])) as Tensor2D
}

/**
 * Runs `step` over time, unrolled. Where the mask is 0 the state stays what it was. Within, the batch is the last axis:
 * gates then are whole blocks of rows, and the small products of a step need not rearrange the weights.
 */
export function unroll(
  input: Tensor,
  step: Step,
  { spec, time, mask }: { spec: RecurrentOptions; time: number; mask?: Tensor | undefined },
): LayerResult {
  const { units, returnSequences, goBackwards } = spec
  const [batch, , features] = input.shape as [number, number, number]
  const columns = reshape(transpose(input, [1, 2, 0]), [time * features, batch])
  const cut = split(columns, time, 0) as Tensor2D[]
  const counts = mask && transpose(cast(mask, 'float32'))
  const counted = counts && split(counts, time, 0)
  const skipped = counts && split(sub(1, counts), time, 0)
  // Weights that only longer sequences need are multiplied by zero in one of a single step, so that they have gradients.
  const none = time === 1 ? (zeros([units, batch]) as Tensor2D) : undefined
  let state: readonly Tensor2D[] | undefined = none && [none, none]
  const outputs: Tensor2D[] = []
  for (let k = 0; k < time; k++) {
    const t = goBackwards ? time - 1 - k : k
    const before = state
    const next = step(cut[t]!, before)
    state =
      counted && skipped
        ? next.map((now, i) => {
            const kept = mul(now, counted[t]!) as Tensor2D
            return before ? add(kept, mul(before[i]!, skipped[t]!)) : kept
          })
        : next
    outputs.push(state[0]!)
  }
  if (!returnSequences) return { output: transpose(outputs.at(-1)!) }
  const order = mask && goBackwards ? concat(split(mask, time, 1).reverse(), 1) : mask
  const sequence = reshape(concat(outputs, 0), [time, units, batch])
  return { output: transpose(sequence, [2, 0, 1]), mask: order }
}

/** What a recurrent layer's `build` returns around its own steps. */
export function recurrentLayer(
  spec: RecurrentOptions,
  { inputShape }: LayerSite,
  weights: Record<string, WeightDeclaration>,
  prepare: (weights: TensorRecord, batch: number) => Step,
) {
  const time = inputShape[0]!
  return {
    outputShape: spec.returnSequences ? [time, spec.units] : [spec.units],
    traits: {
      sequential: true,
      width: 'units',
      activation: spec.activation,
      ...(!spec.returnSequences && { lastOnly: 'returnSequences' }),
    },
    weights,
    apply: (input: LayerInput): LayerResult => {
      const step = prepare(input.weights, input.input.shape[0]!)
      return unroll(input.input, step, { spec, time, mask: input.mask })
    },
  }
}

/**
 * `activation` of each of the gates that lie one below the other in `[gates·units, batch]`; those of an elementwise one
 * are computed at once.
 */
export function gated(activation: Activation, units: number): (z: Tensor2D) => Tensor2D[] {
  return (z) => {
    const gates = z.shape[0] / units
    const values = activation.elementwise
      ? [activation.apply(z)]
      : split(z, gates, 0).map(ofUnits(activation))
    return (values.length === 1 ? split(values[0]!, gates, 0) : values) as Tensor2D[]
  }
}

/** `activation` of the units of `[units, batch]`. */
export function ofUnits(activation: Activation): (z: Tensor) => Tensor2D {
  return (z) =>
    (activation.elementwise ? activation.apply(z) : transpose(activation.apply(transpose(z)))) as Tensor2D
}
