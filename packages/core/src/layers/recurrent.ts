import {
  add,
  cast,
  concat,
  matMul,
  mul,
  reshape,
  split,
  sub,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core'
import { z } from 'zod'
import type { Activation } from '../activation'
import type { LayerInput, LayerResult, LayerSite } from '../layer'
import { activationSpec, initializerSpec, positiveInt, regularizerSpec } from '../schemas'
import type { Shape } from '../shape'
import type { Spec } from '../spec'
import type { WeightDeclaration } from '../weight'
import { declare } from './convolution'
import { sequenceShape } from './sequence'

/** Options that all recurrent layers have. */
export const recurrentOptions = {
  /** Width of the state, which is the output. */
  units: positiveInt,
  activation: activationSpec().default('tanh' as never),
  useBias: z.boolean().default(true),
  kernelInitializer: initializerSpec().default('glorotUniform' as never),
  recurrentInitializer: initializerSpec().default('orthogonal' as never),
  biasInitializer: initializerSpec().default('zeros' as never),
  kernelRegularizer: regularizerSpec().optional(),
  recurrentRegularizer: regularizerSpec().optional(),
  biasRegularizer: regularizerSpec().optional(),
  /** True gives the output of every step, `[batch, time, units]`, false that of the last, `[batch, units]`. */
  returnSequences: z.boolean().default(false),
  /** Reads the sequence from its end; outputs are in the order in which they were computed. */
  goBackwards: z.boolean().default(false),
}

interface RecurrentOptions {
  units: number
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

/** `[batch, time, features]` times `[features, width]`, all steps at once: `[batch·time, width]`. */
export function projected(input: Tensor, kernel: Tensor, bias?: Tensor): Tensor {
  const product = matMul(reshape(input, [-1, kernel.shape[0]!]) as Tensor2D, kernel as Tensor2D)
  return bias ? add(product, bias) : product
}

/**
 * One step: from what the projections give for it (`[batch, width]` each) and the state before it, absent at the first
 * step where it is zero, to the new state, whose first tensor is the output.
 */
export type Step = (x: readonly Tensor[], state: readonly Tensor[] | undefined) => readonly Tensor[]

/**
 * Runs `step` over time, unrolled. Where the mask is 0 the state stays what it was. All steps are cut out of the
 * projections, and joined, by one operation each, so that the graph stays small.
 */
export function unroll(
  projections: readonly Tensor[],
  step: Step,
  { spec, time, mask }: { spec: RecurrentOptions; time: number; mask?: Tensor | undefined },
): LayerResult {
  const { units, returnSequences, goBackwards } = spec
  const cut = projections.map((p) => split(reshape(p, [-1, time * p.shape[1]!]), time, 1))
  const counts = mask && cast(mask, 'float32')
  const counted = counts && split(counts, time, 1)
  const skipped = counts && split(sub(1, counts), time, 1)
  let state: readonly Tensor[] | undefined
  const outputs: Tensor[] = []
  for (let k = 0; k < time; k++) {
    const t = goBackwards ? time - 1 - k : k
    const before = state
    const next = step(
      cut.map((pieces) => pieces[t]!),
      before,
    )
    state =
      counted && skipped
        ? next.map((now, i) => {
            const kept = mul(now, counted[t]!)
            return before ? add(kept, mul(before[i]!, skipped[t]!)) : kept
          })
        : next
    outputs.push(state[0]!)
  }
  if (!returnSequences) return { output: outputs.at(-1)! }
  const order = mask && goBackwards ? concat(split(mask, time, 1).reverse(), 1) : mask
  return { output: reshape(concat(outputs, 1), [-1, time, units]), mask: order }
}

/** What a recurrent layer's `build` returns around its own steps. */
export function recurrentLayer(
  spec: RecurrentOptions,
  { inputShape }: LayerSite,
  weights: Record<string, WeightDeclaration>,
  prepare: (input: LayerInput) => { projections: readonly Tensor[]; step: Step },
) {
  const time = inputShape[0]!
  return {
    outputShape: spec.returnSequences ? [time, spec.units] : [spec.units],
    weights,
    apply: (input: LayerInput): LayerResult => {
      const { projections, step } = prepare(input)
      return unroll(projections, step, { spec, time, mask: input.mask })
    },
  }
}

// Activations of one number, which may take several gates at once.
const ELEMENTWISE = new Set(['sigmoid', 'hardSigmoid', 'tanh', 'relu', 'linear'])

/** `activation` of each of the gates that lie side by side in `[batch, gates·units]`. */
export function gated(activation: Activation, { type }: Spec, units: number): (z: Tensor) => Tensor[] {
  return (z) => {
    const gates = z.shape[1]! / units
    const values = ELEMENTWISE.has(type)
      ? activation.apply(z)
      : reshape(activation.apply(reshape(z, [-1, gates, units])), z.shape)
    return split(values, gates, 1)
  }
}
