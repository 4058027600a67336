import { add, type Scalar } from '@tensorflow/tfjs-core'
import type { Chain } from '../chain'
import { SandglassError } from '../errors'
import type { ObjectiveResult } from '../objective'
import { type Shape, sameShape, showShape, sizeOf } from '../shape'

// What definitions of models with encoders and decoders have in common.

/** The shape of one input: the spec's own, or that of the data. Throws `SandglassError` (`spec`) when neither is known. */
export function inputShapeOf(
  type: string,
  own: Shape | undefined,
  fields: Readonly<Record<string, Shape>>,
): Shape {
  const shape = own ?? fields.input
  if (shape) return shape
  throw new SandglassError('spec', `${type}: the input shape is unknown`, {
    got: `data with the fields ${Object.keys(fields).join(', ') || '(none)'}`,
    advice: 'Give the model an inputShape, or the data a field named "input".',
  })
}

/** Throws `SandglassError` (`shape`) unless a decoder ends in the shape of what it is compared with. */
export function checkDecoder(decoder: Chain, targetShape: Shape): void {
  if (sameShape(decoder.outputShape, targetShape)) return
  throw new SandglassError(
    'shape',
    `${decoder.layers.at(-1)!.path}: the decoder must end in the shape it is compared with`,
    {
      got: showShape(decoder.outputShape),
      expected: showShape(targetShape),
      advice: decoderAdvice(decoder, targetShape),
    },
  )
}

function decoderAdvice({ layers, inputShape, outputShape }: Chain, target: Shape): string {
  const last = layers.at(-1)!
  const same = (from: number, to?: number) => sameShape(outputShape.slice(from, to), target.slice(from, to))
  if (sizeOf(outputShape) === sizeOf(target)) return `Let it end in reshape({ shape: ${showShape(target)} }).`
  const { lastOnly, width: option } = last.traits
  if (lastOnly && target.length === 2) return `Give ${last.path} ${lastOnly}: true.`
  if (outputShape.length === target.length && same(0, -1)) {
    const width = target.at(-1)
    return option ? `Give ${last.path} ${option}: ${width}.` : `Let its last layer give ${width} features.`
  }
  if (outputShape.length === 3 && target.length === 3)
    return 'Let its layers enlarge the image as often as those of the encoder shrink it; cropping2d and zeroPadding2d make up for single pixels.'
  if (outputShape.length === 2 && target.length === 2 && same(1))
    return inputShape.length === 2
      ? 'Let its layers lengthen the sequence as often as those of the encoder shorten it: upSampling1d, conv1dTranspose.'
      : `Let repeatVector({ n: ${target[0]} }) begin it: n is the number of steps.`
  return `Let it end in a layer with ${sizeOf(target)} units and, if need be, reshape({ shape: ${showShape(target)} }).`
}

/** Parts of a loss, those of the same name added up, and their sum. At least one part must be given. */
export function sumParts(
  ...records: readonly (Readonly<Record<string, Scalar>> | undefined)[]
): Pick<ObjectiveResult, 'total' | 'parts'> {
  const parts: Record<string, Scalar> = {}
  for (const record of records)
    for (const [name, value] of Object.entries(record ?? {}))
      parts[name] = parts[name] ? (add(parts[name], value) as Scalar) : value
  return { total: Object.values(parts).reduce((sum, part) => add(sum, part) as Scalar), parts }
}
