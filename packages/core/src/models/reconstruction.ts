import type { Scalar, Tensor } from '@tensorflow/tfjs-core'
import type { Chain, ChainResult } from '../chain'
import type { Context } from '../context'
import type { Corruption } from '../corruption'
import { countedMean } from '../counted-mean'
import type { Comparison, Loss } from '../loss'
import type { MappingRegularizer } from '../mapping-regularizer'
import type { ModelFunction } from '../network'
import type { Objective } from '../objective'
import { penalties } from '../penalties'
import type { Shape, Shapes } from '../shape'
import { requiredSide, withMask } from '../side'
import type { TensorRecord } from '../tensors'
import type { WeightDeclaration } from '../weight'
import { sumParts } from './assemble'
import { applyMasked, maskFor } from './input-mask'

/** What an autoencoder is made of. */
export interface AutoencoderParts {
  readonly encoder: Chain
  readonly decoder: Chain
  /** Of the data, without the batch. */
  readonly fields: Shapes
  readonly inputShape: Shape
  readonly loss: Loss
  readonly corruption?: Corruption | undefined
  readonly regularizer?: { readonly name: string; readonly apply: MappingRegularizer } | undefined
}

type Coded = Pick<ChainResult, 'output' | 'mask' | 'inputMask'>

function decode(
  { encoder, decoder }: AutoencoderParts,
  code: Coded,
  side: TensorRecord,
  w: TensorRecord,
  context: Context,
): ChainResult {
  const latentShape = encoder.outputShape
  const mask = code.mask ?? (latentShape.length > 1 ? code.inputMask : undefined)
  return decoder.apply(code.output, w, context, withMask(side, maskFor(latentShape, mask)))
}

/** `encode`, `decode` and `reconstruct`. */
export function functionsOf(parts: AutoencoderParts): Record<string, ModelFunction> {
  const { encoder, decoder, fields, inputShape } = parts
  const latentShape = encoder.outputShape
  const masked = fields.mask && { mask: fields.mask }
  const codeHasSteps =
    fields.mask?.length === 1 && latentShape.length > 1 && latentShape[0] === fields.mask[0]
  return {
    encode: {
      inputs: { input: inputShape, ...masked, ...encoder.side },
      outputs: { code: latentShape },
      apply: (w, { input, ...side }, context) => ({
        code: applyMasked(encoder, input!, w, context, side).output,
      }),
    },
    decode: {
      inputs: { code: latentShape, ...(codeHasSteps && masked), ...decoder.side },
      outputs: { output: decoder.outputShape },
      apply: (w, { code, ...side }, context) => ({
        output: decode(parts, { output: code!, mask: side.mask }, side, w, context).output,
      }),
    },
    reconstruct: {
      inputs: { input: inputShape, ...masked, ...encoder.side, ...decoder.side },
      outputs: { output: decoder.outputShape },
      apply: (w, { input, ...side }, context) => {
        const code = applyMasked(encoder, input!, w, context, side)
        return { output: decode(parts, code, side, w, context).output }
      },
    },
  }
}

/** The objective that makes an autoencoder reconstruct; `weights` are those of the model. */
export function reconstructionOf(
  parts: AutoencoderParts,
  weights: Readonly<Record<string, WeightDeclaration>>,
): Objective {
  const { encoder, decoder, fields, corruption } = parts
  const trains = Object.keys(weights).filter((name) => weights[name]!.trainable !== false)
  return {
    name: 'reconstruction',
    trains,
    fields: {
      input: 'required',
      target: 'optional',
      ...(fields.mask && { mask: 'optional' }),
      ...requiredSide({ ...encoder.side, ...decoder.side }),
    },
    loss: (w, batch, context) => {
      const input = batch.input!
      const seen = corruption && context.training ? corruption(input, context, 'corruption') : input
      const { code, decoded, comparison, reconstruction } = compare(parts, seen, batch, w, context)
      return {
        ...sumParts(
          { reconstruction },
          code.losses,
          decoded.losses,
          penaltyOf(parts, batch, w, context),
          penalties(weights, trains, w),
        ),
        measures: denoisingOf(parts, reconstruction, batch, w, context),
        comparison,
        updates: { ...code.updates, ...decoded.updates },
      }
    },
  }
}

interface Compared {
  readonly code: ChainResult
  readonly decoded: ChainResult
  readonly comparison: Comparison
  readonly reconstruction: Scalar
}

/** Codes and reconstructions of what the encoder sees, compared with the target of the batch. */
function compare(
  parts: AutoencoderParts,
  seen: Tensor,
  batch: TensorRecord,
  w: TensorRecord,
  context: Context,
): Compared {
  const target = batch.target ?? batch.input!
  const code = applyMasked(parts.encoder, seen, w, context, batch)
  const decoded = decode(parts, code, batch, w, context)
  const { output, logits } = decoded
  const mask = maskFor(target.shape.slice(1), batch.mask ?? code.inputMask ?? decoded.mask)
  const comparison = { target, output, logits, mask }
  return { code, decoded, comparison, reconstruction: countedMean(parts.loss, comparison) }
}

/** The penalty on the encoder as a mapping, taken as it is outside training. */
function penaltyOf(
  { encoder, regularizer }: AutoencoderParts,
  batch: TensorRecord,
  w: TensorRecord,
  context: Context,
): Record<string, Scalar> {
  if (!regularizer) return {}
  const mapping = {
    outputShape: encoder.outputShape,
    apply: (x: Tensor) => applyMasked(encoder, x, w, unwatched(context), batch).output,
  }
  return { [regularizer.name]: regularizer.apply(mapping, batch.input!, context, 'encoderRegularizer') }
}

/** What the loss would be on damaged inputs. */
function denoisingOf(
  parts: AutoencoderParts,
  reconstruction: Scalar,
  batch: TensorRecord,
  w: TensorRecord,
  context: Context,
): Record<string, Scalar> | undefined {
  if (!parts.corruption) return undefined
  if (context.training) return { denoising: reconstruction }
  const damaged = parts.corruption(batch.input!, context, 'corruption')
  return { denoising: compare(parts, damaged, batch, w, unwatched(context)).reconstruction }
}

/** The context of a pass beside the training's own: nothing is dropped, and nobody watches. */
function unwatched({ watch: _, ...context }: Context): Context {
  return { ...context, training: false }
}
