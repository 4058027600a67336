import { type HostTensor, SandglassError, showShape } from '@sandglass/core'

/** Codes of 0s and 1s, packed: bit j of a code is bit j mod 32 of its word ⌊j / 32⌋; bits past the last are 0. */
export interface BinaryCodes {
  /** Codes. */
  readonly size: number
  /** Bits of a code. */
  readonly bits: number
  /** `[size, ⌈bits / 32⌉]`, row-major. */
  readonly words: Uint32Array
}

/** Words that a code takes. */
export function wordsOf(bits: number): number {
  return Math.ceil(bits / 32)
}

/**
 * Packs the codes `[n, bits]` of an encoder with sigmoid outputs, one bit an output: 1 where it is at least
 * `threshold`.
 *
 * Throws `SandglassError`: `shape` unless `codes` has two axes and bits; `data` on a code outside [0, 1]; `spec` on a
 * threshold outside (0, 1].
 */
export function binaryCodes(
  { shape, data }: HostTensor,
  { threshold = 0.5 }: { threshold?: number } = {},
): BinaryCodes {
  const [size = 0, bits = 0] = shape
  if (shape.length !== 2 || bits < 1 || data.length !== size * bits)
    throw new SandglassError('shape', 'binaryCodes: not a table of codes', {
      got: `${data.length} numbers of shape ${showShape(shape)}`,
      expected: '[n, bits] with at least one bit',
    })
  if (!(threshold > 0 && threshold <= 1))
    throw new SandglassError('spec', 'binaryCodes: the threshold is not usable', {
      got: String(threshold),
      expected: 'a number above 0, at most 1',
    })
  const width = wordsOf(bits)
  const words = new Uint32Array(size * width)
  for (let i = 0; i < size; i++)
    for (let j = 0; j < bits; j++) {
      const value = data[i * bits + j]!
      if (!(value >= 0 && value <= 1))
        throw new SandglassError('data', 'binaryCodes: a code is not between 0 and 1', {
          got: `${value} in bit ${j} of code ${i}`,
          advice: 'Let the encoder end in a sigmoid.',
        })
      // As unsigned: |= alone would store a negative number, which a Uint32Array wraps to the same bits.
      if (value >= threshold) words[i * width + (j >>> 5)]! |= 1 << (j & 31)
    }
  return { size, bits, words }
}
