import type { Scalar, Tensor } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { buildChain, type ChainResult } from '../chain'
import type { Context } from '../context'
import { countedMean } from '../counted-mean'
import { define } from '../definition'
import type { Mapping } from '../mapping-regularizer'
import type { Model } from '../model'
import type { ObjectiveResult } from '../objective'
import { penalties } from '../penalties'
import { corruptionSpec, layerSpec, lossSpec, mappingRegularizerSpec, positiveInt } from '../schemas'
import { requiredSide, sideFields, withMask } from '../side'
import type { TensorRecord } from '../tensors'
import { checkDecoder, inputShapeOf, sumParts } from './assemble'
import { applyMasked, checkMask, maskFor } from './input-mask'

/**
 * A deterministic autoencoder: `encoder` maps an input to its latent code, `decoder` the code to a reconstruction,
 * and `loss` compares that with the batch's `target`, or with the clean input when there is none.
 *
 * With `corruption` the encoder sees a damaged input while training (a denoising autoencoder). Otherwise it sees the
 * clean one, to which `val_loss` thus belongs; the loss of reconstructions from damaged inputs is reported beside it
 * as `denoising`, and is no part of the total.
 *
 * `encoderRegularizer` penalises the encoder as a mapping, taken as it is outside training, at the clean inputs; its
 * value is reported under its type (`contractive`).
 *
 * Sequences of various lengths come padded, with a field `mask` `[steps]`, 1 where a step counts: where it does not,
 * the input is set to 0 after corruption, layers of sequences skip it, and the loss and metrics leave it out, being
 * means over the steps that count: Σ m·ℓ / (Σ m + 1e-7). What padding holds has no influence at all. A `masking` layer
 * in the encoder finds such a mask in the input, with the same effect on the loss, also where a code without steps lies
 * between (Keras forgets the mask there). The decoder heeds the mask where its input is a sequence of as many steps; a
 * decoder that makes its steps of one vector knows of no mask.
 *
 * Layers may read further fields of the data as side inputs (a condition, say): functions and the objective then take
 * those too, by the same names.
 *
 * Functions: `encode` `[batch, …input]` → `[batch, …latent]`, `decode`, `reconstruct`; models of data with a mask also
 * take that, as `mask` (`decode` where the code is a sequence of as many steps).
 */
export const autoencoder = define('model', {
  type: 'autoencoder',
  description: 'encoder, decoder and reconstruction loss',
  schema: z.strictObject({
    encoder: z.array(layerSpec()).min(1),
    decoder: z.array(layerSpec()).min(1),
    loss: lossSpec().prefault('meanSquaredError'),
    corruption: corruptionSpec().optional(),
    encoderRegularizer: mappingRegularizerSpec().optional(),
    /** Shape of one input; taken from the data unless given. */
    inputShape: z.array(positiveInt).optional(),
  }),
  build: (spec, { registry, fields }): Model => {
    const inputShape = inputShapeOf('autoencoder', spec.inputShape, fields)
    const targetShape = fields.target ?? inputShape
    checkMask('autoencoder', fields.mask, inputShape)
    const earlier = new Map()
    const site = { registry, earlier, side: sideFields(fields) }
    const encoder = buildChain(spec.encoder, { ...site, path: 'encoder', inputShape })
    const latentShape = encoder.outputShape
    const decoder = buildChain(spec.decoder, { ...site, path: 'decoder', inputShape: latentShape })
    checkDecoder(decoder, targetShape)
    const loss = registry.build('loss', spec.loss)
    const corruption = spec.corruption && registry.build('corruption', spec.corruption)
    const regularizer =
      spec.encoderRegularizer && registry.build('mappingRegularizer', spec.encoderRegularizer)
    const weights = { ...encoder.weights, ...decoder.weights }
    const trains = Object.keys(weights).filter((name) => weights[name]!.trainable !== false)

    function decode(
      code: Pick<ChainResult, 'output' | 'mask' | 'inputMask'>,
      side: TensorRecord,
      w: TensorRecord,
      context: Context,
    ) {
      const own = code.mask ?? (latentShape.length > 1 ? code.inputMask : undefined)
      return decoder.apply(code.output, w, context, withMask(side, maskFor(latentShape, own)))
    }

    /** Codes and reconstructions of what the encoder sees, compared with the target; `side` is the rest of the batch. */
    function compare(seen: Tensor, target: Tensor, side: TensorRecord, w: TensorRecord, context: Context) {
      const code = applyMasked(encoder, seen, w, context, side)
      const decoded = decode(code, side, w, context)
      const { output, logits } = decoded
      const counted = maskFor(targetShape, side.mask ?? code.inputMask ?? decoded.mask)
      const comparison = { target, output, logits, mask: counted }
      return { code, decoded, comparison, reconstruction: countedMean(loss, comparison) }
    }

    function penalty(input: Tensor, side: TensorRecord, w: TensorRecord, context: Context) {
      if (!regularizer) return {}
      const mapping: Mapping = {
        outputShape: latentShape,
        apply: (x) => applyMasked(encoder, x, w, unwatched(context), side).output,
      }
      const name = spec.encoderRegularizer!.type.split('/').at(-1)!
      return { [name]: regularizer(mapping, input, context, 'encoderRegularizer') }
    }

    /** What the loss would be on damaged inputs. */
    function denoising(
      reconstruction: Scalar,
      batch: TensorRecord,
      target: Tensor,
      w: TensorRecord,
      context: Context,
    ): Record<string, Scalar> | undefined {
      if (!corruption) return undefined
      if (context.training) return { denoising: reconstruction }
      const damaged = corruption(batch.input!, context, 'corruption')
      return { denoising: compare(damaged, target, batch, w, unwatched(context)).reconstruction }
    }

    const masked = fields.mask && { mask: fields.mask }
    const side = { ...encoder.side, ...decoder.side }
    const codeHasSteps =
      fields.mask?.length === 1 && latentShape.length > 1 && latentShape[0] === fields.mask[0]
    return {
      spec,
      registry,
      fields: { ...fields, input: inputShape },
      layers: [...encoder.layers, ...decoder.layers],
      weights,
      functions: {
        encode: {
          inputs: { input: inputShape, ...masked, ...encoder.side },
          outputs: { code: latentShape },
          apply: (w, { input, ...beside }, context) => ({
            code: applyMasked(encoder, input!, w, context, beside).output,
          }),
        },
        decode: {
          inputs: { code: latentShape, ...(codeHasSteps && masked), ...decoder.side },
          outputs: { output: decoder.outputShape },
          apply: (w, { code, ...beside }, context) => ({
            output: decode({ output: code!, mask: beside.mask }, beside, w, context).output,
          }),
        },
        reconstruct: {
          inputs: { input: inputShape, ...masked, ...side },
          outputs: { output: decoder.outputShape },
          apply: (w, { input, ...beside }, context) => ({
            output: decode(applyMasked(encoder, input!, w, context, beside), beside, w, context).output,
          }),
        },
      },
      objectives: [
        {
          name: 'reconstruction',
          trains,
          fields: {
            input: 'required',
            target: 'optional',
            ...(fields.mask && { mask: 'optional' }),
            ...requiredSide(side),
          },
          loss: (w, batch, context): ObjectiveResult => {
            const input = batch.input!
            const target = batch.target ?? input
            const seen = corruption && context.training ? corruption(input, context, 'corruption') : input
            const { code, decoded, comparison, reconstruction } = compare(seen, target, batch, w, context)
            return {
              ...sumParts(
                { reconstruction },
                code.losses,
                decoded.losses,
                penalty(input, batch, w, context),
                penalties(weights, trains, w),
              ),
              measures: denoising(reconstruction, batch, target, w, context),
              comparison,
              updates: { ...code.updates, ...decoded.updates },
            }
          },
        },
      ],
    }
  },
})

/** The context of a pass beside the training's own: nothing is dropped, and nobody watches. */
function unwatched({ watch: _, ...context }: Context): Context {
  return { ...context, training: false }
}
