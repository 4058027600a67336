import type { Spec } from './spec'

/**
 * What a layer is, for all who treat layers by their nature: whatever asks for one of these treats a plugin's layer as
 * it treats core's. What is absent is not so.
 */
export interface LayerTraits {
  /** Its output holds the elements of its input, only shaped otherwise. Logits pass through such a layer. */
  readonly rearranges?: boolean
  /**
   * Each element of its output is one of its input, a mean or maximum of some, or 0, as with pooling, padding and
   * repeating: its units are as active as those of the layer before.
   */
  readonly passes?: boolean
  /** Outside training it gives its input back; in training it adds noise to it, or multiplies it by noise. */
  readonly noise?: 'added' | 'multiplied'
  /** It reads its input `[time, …]` as a sequence of steps. */
  readonly sequential?: boolean
  /** It finds out which steps of its input count, and gives them as a mask. */
  readonly masks?: boolean
  /** It gives the output of the last step only; this option, set to true, makes it give those of all steps. */
  readonly lastOnly?: string
  /** The option that is the last extent of its output: `units`, `filters`. */
  readonly width?: string
  /** It belongs to the layer before it, as activations, penalties and normalization do, also if it has weights. */
  readonly completes?: boolean
  /** Spec of the activation that its output ends in. */
  readonly activation?: Spec
  /** Spec of the penalty on its output. */
  readonly penalty?: Spec
  /** Where its weights show what each of its units responds to. */
  readonly filters?: Filters
}

/** Kernels by unit: `[inputs, units]`, or `[height, width, channels, units]` of images. */
export interface Filters {
  /** The weight, by local name. */
  readonly weight: string
  /** Every unit sees one channel only. */
  readonly depthwise?: boolean
}

/** Whether the activity of a layer's units is that of the layer before. */
export function passesOn({ rearranges, passes, noise }: LayerTraits): boolean {
  return Boolean(rearranges || passes || noise)
}
