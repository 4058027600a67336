import { type Dataset, positive, positiveInt, type Splits } from '@sandglass/core'
import { z } from 'zod'
import { split } from '../split'

/** Options of every definition that makes or reads a single table of samples and cuts it itself. */
export const partOptions = {
  /** Fractions or counts of the parts. */
  parts: z
    .strictObject({ train: positive, validation: positive.optional(), test: positive.optional() })
    .default({ train: 0.8, validation: 0.1, test: 0.1 }),
  seed: z.int().default(0),
}

export const sampleOptions = { size: positiveInt.optional(), ...partOptions }

export const imageOptions = {
  /** How many images at the end of the training set validate. */
  validation: z.int().nonnegative().default(5000),
}

export const fallbackOptions = {
  /** Take the embedded excerpt when the full set cannot be had. */
  fallback: z.literal('excerpt').optional(),
}

/** Cuts a dataset into its parts by the definition's options. */
export function cut(
  dataset: Dataset,
  { parts, seed, shuffled = true }: { parts: object; seed: number; shuffled?: boolean },
  what: string,
): Splits {
  const given = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))
  const made = split(dataset, given as Record<'train', number>, {
    ...(shuffled && { seed }),
    ...(dataset.fields.label && { stratify: 'label' }),
  })
  return { ...made, provenance: what }
}
