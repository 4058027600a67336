import type { Dataset, Model, Picture, Shape } from '@sandglass/core'
import { pictureShape } from '../../report/picture-grid'

/** How samples of a field are best looked at. */
export type InputKind =
  | { readonly kind: 'pictures'; readonly size: Omit<Picture, 'values'> }
  | { readonly kind: 'sequences'; readonly steps: number; readonly features: number }

/**
 * Pictures or sequences, or neither. Vectors are what the model makes of them, if it begins with a reshape. An array
 * `[a, b]` may be both: stored as bytes it is a picture; otherwise it is a sequence when the model begins with a layer
 * of sequences, or when there is a mask of steps.
 */
export function inputKind(model: Model, dataset: Dataset): InputKind | undefined {
  const field = dataset.fields.input
  if (!field) return undefined
  const shape = seenShape(model, field.shape)
  const size = pictureShape(shape)
  const [steps, features] = shape
  const isSequence =
    shape.length === 2 &&
    steps! >= 2 &&
    (!size || (field.dtype !== 'uint8' && readsSequences(model, dataset)))
  if (isSequence) return { kind: 'sequences', steps: steps!, features: features! }
  return size && { kind: 'pictures', size }
}

function readsSequences({ layers }: Model, { fields }: Dataset): boolean {
  const first = layers.find(({ traits }) => !traits.rearranges && !traits.noise)
  return first?.traits.sequential === true || fields.mask?.shape.length === 1
}

/** The shape of samples, or of vectors once the model has reshaped them. */
export function seenShape({ layers }: Model, shape: Shape): Shape {
  const [first] = layers
  return shape.length === 1 && first?.traits.rearranges ? first.outputShape : shape
}
