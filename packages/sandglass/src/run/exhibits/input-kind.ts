import type { Dataset, Model } from '@sandglass/core'
import { type Picture, pictureShape } from '../../report/picture-grid'

/** How samples of a field are best looked at. */
export type InputKind =
  | { readonly kind: 'pictures'; readonly size: Omit<Picture, 'values'> }
  | { readonly kind: 'sequences'; readonly steps: number; readonly features: number }

const SEQUENTIAL = new Set([
  'masking',
  'lstm',
  'gru',
  'simpleRnn',
  'bidirectional',
  'conv1d',
  'timeDistributed',
])

/**
 * Pictures or sequences, or neither. An array `[a, b]` may be both: stored as bytes it is a picture; otherwise it is a
 * sequence when the model begins with a layer of sequences, or when it has a mask of steps.
 */
export function inputKind(model: Model, dataset: Dataset): InputKind | undefined {
  const field = dataset.fields.input
  if (!field) return undefined
  const { shape, data } = field
  const size = pictureShape(shape)
  const [steps, features] = shape
  const isSequence =
    shape.length === 2 &&
    steps! >= 2 &&
    (!size || (!(data instanceof Uint8Array) && readsSequences(model, dataset)))
  if (isSequence) return { kind: 'sequences', steps: steps!, features: features! }
  return size && { kind: 'pictures', size }
}

function readsSequences({ layers }: Model, { fields }: Dataset): boolean {
  return SEQUENTIAL.has(layers[0]?.type ?? '') || fields.mask?.shape.length === 1
}
