import { add, type Scalar } from '@tensorflow/tfjs-core'
import type { Chain } from '../chain'
import { SandglassError } from '../errors'
import type { ObjectiveResult } from '../objective'
import { type Shape, sameShape, showShape } from '../shape'

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
      advice: 'Let the decoder end in reshape({ shape }) or in a layer with as many units.',
    },
  )
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
