import { add, mean, type Scalar } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { buildChain } from '../chain'
import { define } from '../definition'
import { SandglassError } from '../errors'
import type { Model } from '../model'
import { penalties } from '../penalties'
import { corruptionSpec, layerSpec, lossSpec, positiveInt } from '../schemas'
import { sameShape, showShape } from '../shape'

/**
 * A deterministic autoencoder: `encoder` maps an input to its latent code, `decoder` the code to a reconstruction,
 * and `loss` compares that with the batch's `target`, or with the clean input when there is none. With `corruption`
 * the encoder sees a damaged input while training (a denoising autoencoder).
 *
 * Functions: `encode` `[batch, …input]` → `[batch, …latent]`, `decode`, `reconstruct`.
 */
export const autoencoder = define('model', {
  type: 'autoencoder',
  description: 'encoder, decoder and reconstruction loss',
  schema: z.strictObject({
    encoder: z.array(layerSpec()).min(1),
    decoder: z.array(layerSpec()).min(1),
    loss: lossSpec().default('meanSquaredError' as never),
    corruption: corruptionSpec().optional(),
    /** Shape of one input; taken from the data unless given. */
    inputShape: z.array(positiveInt).optional(),
  }),
  build: (spec, { registry, fields }): Model => {
    const inputShape = spec.inputShape ?? fields.input
    if (!inputShape)
      throw new SandglassError('spec', 'autoencoder: the input shape is unknown', {
        got: `data with the fields ${Object.keys(fields).join(', ') || '(none)'}`,
        advice: 'Give the model an inputShape, or the data a field named "input".',
      })
    const targetShape = fields.target ?? inputShape
    const earlier = new Map()
    const encoder = buildChain(spec.encoder, { registry, path: 'encoder', inputShape, earlier })
    const latentShape = encoder.outputShape
    const decoder = buildChain(spec.decoder, { registry, path: 'decoder', inputShape: latentShape, earlier })
    if (!sameShape(decoder.outputShape, targetShape))
      throw new SandglassError(
        'shape',
        `${decoder.layers.at(-1)!.path}: the decoder must end in the shape it is compared with`,
        {
          got: showShape(decoder.outputShape),
          expected: showShape(targetShape),
          advice: 'Let the decoder end in reshape({ shape }) or in a layer with as many units.',
        },
      )
    const loss = registry.build('loss', spec.loss)
    const corruption = spec.corruption && registry.build('corruption', spec.corruption)
    const weights = { ...encoder.weights, ...decoder.weights }
    const trains = Object.keys(weights).filter((name) => weights[name]!.trainable !== false)

    return {
      spec,
      registry,
      fields: { ...fields, input: inputShape },
      layers: [...encoder.layers, ...decoder.layers],
      weights,
      functions: {
        encode: {
          inputs: { input: inputShape },
          outputs: { code: latentShape },
          apply: (w, { input }, context) => ({ code: encoder.apply(input!, w, context).output }),
        },
        decode: {
          inputs: { code: latentShape },
          outputs: { output: decoder.outputShape },
          apply: (w, { code }, context) => ({ output: decoder.apply(code!, w, context).output }),
        },
        reconstruct: {
          inputs: { input: inputShape },
          outputs: { output: decoder.outputShape },
          apply: (w, { input }, context) => {
            const code = encoder.apply(input!, w, context)
            return { output: decoder.apply(code.output, w, context, code.mask).output }
          },
        },
      },
      objectives: [
        {
          name: 'reconstruction',
          trains,
          fields: { input: 'required', target: 'optional' },
          loss: (w, batch, context) => {
            const input = batch.input!
            const target = batch.target ?? input
            const seen = corruption && context.training ? corruption(input, context, 'corruption') : input
            const code = encoder.apply(seen, w, context)
            const decoded = decoder.apply(code.output, w, context, code.mask)
            const { output, logits } = decoded
            const comparison = { target, output, logits }
            const parts: Record<string, Scalar> = { reconstruction: mean(loss(comparison)) as Scalar }
            for (const losses of [code.losses, decoded.losses, penalties(weights, trains, w)])
              for (const [name, value] of Object.entries(losses ?? {}))
                parts[name] = parts[name] ? (add(parts[name], value) as Scalar) : value
            return {
              total: Object.values(parts).reduce((sum, part) => add(sum, part) as Scalar),
              parts,
              comparison,
              updates: { ...code.updates, ...decoded.updates },
            }
          },
        },
      ],
    }
  },
})
