import { z } from 'zod'
import { buildChain } from '../chain'
import { define } from '../definition'
import type { Model } from '../model'
import { corruptionSpec, layerSpec, lossSpec, mappingRegularizerSpec, positiveInt } from '../schemas'
import { sideFields } from '../side'
import { checkDecoder, inputShapeOf } from './assemble'
import { fitAbsent } from './fit-absent'
import { checkMask } from './input-mask'
import { type AutoencoderParts, functionsOf, reconstructionOf } from './reconstruction'

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
  aliases: { type: ['ae'], absent: fitAbsent },
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
    checkMask('autoencoder', fields.mask, inputShape)
    const site = { registry, earlier: new Map(), side: sideFields(fields) }
    const encoder = buildChain(spec.encoder, { ...site, path: 'encoder', inputShape })
    const decoder = buildChain(spec.decoder, { ...site, path: 'decoder', inputShape: encoder.outputShape })
    checkDecoder(decoder, fields.target ?? inputShape)
    const { encoderRegularizer } = spec
    const parts: AutoencoderParts = {
      encoder,
      decoder,
      fields,
      inputShape,
      loss: registry.build('loss', spec.loss),
      corruption: spec.corruption && registry.build('corruption', spec.corruption),
      regularizer: encoderRegularizer && {
        name: encoderRegularizer.type.split('/').at(-1)!,
        apply: registry.build('mappingRegularizer', encoderRegularizer),
      },
    }
    const weights = { ...encoder.weights, ...decoder.weights }
    return {
      spec,
      registry,
      fields: { ...fields, input: inputShape },
      layers: [...encoder.layers, ...decoder.layers],
      weights,
      functions: functionsOf(parts),
      objectives: [reconstructionOf(parts, weights)],
    }
  },
})
