import {
  buildChain,
  type Chain,
  checkDecoder,
  define,
  fitAbsent,
  inputShapeOf,
  type Layer,
  layerSpec,
  lossSpec,
  type Model,
  nonNegative,
  penalties,
  positiveInt,
  type Registry,
  requiredSide,
  SandglassError,
  type Shape,
  sameShape,
  showShape,
  sideFields,
  sumParts,
  withMask,
} from '@sandglass/core'
import { mean, mul, type Scalar } from '@tensorflow/tfjs-core'
import { z } from 'zod'

/**
 * A classifier on top of an encoder, which may come from a trained autoencoder: its weights have the same names
 * (`encoder/…`), so `fit(classifier, data, { initialWeights: encoderWeights(weights) })` starts from them. `head` maps
 * the code to probabilities `[classes]`. The field `label` holds class numbers of shape `[]`, or one row of shape
 * `[classes]` a sample where `loss` compares rows.
 *
 * `freezeEncoder` freezes every layer of the encoder as its option `trainable: false` would: no weight changes, batch
 * normalization uses its averages, dropout and noise are off.
 *
 * With a `decoder` the code is also turned back into the batch's `target`, or its input when there is none: the
 * reconstruction then regularizes the classification. Loss: `loss(label, head(code)) + reconstructionWeight ·
 * reconstructionLoss(target, decoder(code))`, and regularizers. Its parts are `classification`, `reconstruction`
 * (weighted: parts sum up to the loss), `regularization`, `activityRegularization`. Metrics compare the labels.
 *
 * Layers may read further fields of the data as side inputs: functions and the objective then take those too.
 *
 * Functions: `encode` `[batch, …input]` → code `[batch, …latent]`, `classify` `[batch, …input]` → probabilities
 * `[batch, classes]`, and with a decoder `reconstruct` `[batch, …input]` → output.
 *
 * Building throws `SandglassError`: `shape` when the parts do not fit together or the labels, `spec` when the head ends
 * in no probabilities, the input shape is unknown, or there is something to reconstruct with but no decoder.
 */
export const classifier = define('model', {
  type: 'classifier',
  description: 'encoder and classification head, with a decoder if reconstruction is to regularize',
  aliases: { absent: fitAbsent },
  schema: z.strictObject({
    encoder: z.array(layerSpec()).min(1),
    head: z.array(layerSpec()).min(1),
    decoder: z.array(layerSpec()).min(1).optional(),
    loss: lossSpec().prefault('sparseCategoricalCrossentropy'),
    /** Default: meanSquaredError. */
    reconstructionLoss: lossSpec().optional(),
    /** Default: 1. */
    reconstructionWeight: nonNegative.optional(),
    freezeEncoder: z.boolean().default(false),
    /** Shape of one input; taken from the data unless given. */
    inputShape: z.array(positiveInt).optional(),
  }),
  build: (spec, { registry, fields }): Model => {
    const inputShape = inputShapeOf('classifier', spec.inputShape, fields)
    const earlier = new Map<string, Layer>()
    const site = { registry, earlier, side: sideFields(fields) }
    const encoder = buildChain(spec.encoder, {
      ...site,
      path: 'encoder',
      inputShape,
      frozen: spec.freezeEncoder,
    })
    const latentShape = encoder.outputShape
    const head = buildChain(spec.head, { ...site, path: 'head', inputShape: latentShape })
    checkHead(head, registry, fields.label)
    const decoder =
      spec.decoder && buildChain(spec.decoder, { ...site, path: 'decoder', inputShape: latentShape })
    const { reconstructionLoss, reconstructionWeight = 1 } = spec
    if (decoder) checkDecoder(decoder, fields.target ?? inputShape)
    else if (reconstructionLoss || spec.reconstructionWeight !== undefined)
      throw new SandglassError('spec', 'classifier: nothing reconstructs', {
        got: `${reconstructionLoss ? 'a reconstructionLoss' : 'a reconstructionWeight'} without a decoder`,
        advice: 'Give the model a decoder, or leave that option out.',
      })

    const loss = registry.build('loss', spec.loss)
    const compareOutput = registry.build('loss', reconstructionLoss ?? 'meanSquaredError')
    const weights = { ...encoder.weights, ...head.weights, ...decoder?.weights }
    const trains = Object.keys(weights).filter((name) => weights[name]!.trainable !== false)

    return {
      spec,
      registry,
      fields: { ...fields, input: inputShape },
      layers: [...encoder.layers, ...head.layers, ...(decoder?.layers ?? [])],
      weights,
      functions: {
        encode: {
          inputs: { input: inputShape, ...encoder.side },
          outputs: { code: latentShape },
          apply: (w, { input, ...side }, context) => ({
            code: encoder.apply(input!, w, context, side).output,
          }),
        },
        classify: {
          inputs: { input: inputShape, ...encoder.side, ...head.side },
          outputs: { probabilities: head.outputShape },
          apply: (w, { input, ...side }, context) => {
            const code = encoder.apply(input!, w, context, side)
            return { probabilities: head.apply(code.output, w, context, withMask(side, code.mask)).output }
          },
        },
        ...(decoder && {
          reconstruct: {
            inputs: { input: inputShape, ...encoder.side, ...decoder.side },
            outputs: { output: decoder.outputShape },
            apply: (w, { input, ...side }, context) => {
              const code = encoder.apply(input!, w, context, side)
              return { output: decoder.apply(code.output, w, context, withMask(side, code.mask)).output }
            },
          },
        }),
      },
      objectives: [
        {
          name: 'classification',
          trains,
          fields: {
            input: 'required',
            label: 'required',
            ...(decoder && { target: 'optional' }),
            ...requiredSide({ ...encoder.side, ...head.side, ...decoder?.side }),
          },
          loss: (w, batch, context) => {
            const input = batch.input!
            const code = encoder.apply(input, w, context, withMask(batch, undefined))
            const beside = withMask(batch, code.mask)
            const classified = head.apply(code.output, w, context, beside)
            const { output, logits } = classified
            const comparison = { target: batch.label!, output, logits }
            const parts: Record<string, Scalar> = { classification: mean(loss(comparison)) as Scalar }
            const decoded = decoder?.apply(code.output, w, context, beside)
            if (decoded) {
              const error = mean(compareOutput({ ...decoded, target: batch.target ?? input })) as Scalar
              parts.reconstruction = mul(error, reconstructionWeight) as Scalar
            }
            return {
              ...sumParts(
                parts,
                code.losses,
                classified.losses,
                decoded?.losses,
                penalties(weights, trains, w),
              ),
              comparison,
              updates: { ...code.updates, ...classified.updates, ...decoded?.updates },
            }
          },
        },
      ],
    }
  },
})

/** Throws unless a head ends in the probabilities of classes that the labels can be compared with. */
function checkHead({ layers, outputShape }: Chain, registry: Registry, label: Shape | undefined): void {
  const { path, traits } = layers.at(-1)!
  if (outputShape.length !== 1)
    throw new SandglassError('shape', `${path}: the head must end in one probability a class`, {
      got: showShape(outputShape),
      expected: 'a shape like [10]',
      advice:
        "Let the head end in dense({ units: classes, activation: 'softmax' }), after flatten() if need be.",
    })
  if (traits.activation && registry.build('activation', traits.activation).identity)
    throw new SandglassError('spec', `${path}: the head must end in probabilities`, {
      got: `the activation ${traits.activation.type}`,
      advice: "Give its last layer the activation 'softmax'.",
    })
  if (label && ![[], [1], outputShape].some((shape) => sameShape(shape, label)))
    throw new SandglassError('shape', `${path}: the labels do not fit the head`, {
      got: `labels of shape ${showShape(label)}`,
      expected: `class numbers of shape [], or rows of shape ${showShape(outputShape)}`,
    })
}
