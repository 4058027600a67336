import { createDataset, type MemoryDataset, type Splits } from '@sandglass/core'
import points from './textbook-plane.json'

/** `ml2`, `ml3`: A. Géron, Hands-On Machine Learning, 2nd and 3rd edition; `excelsior`: ExcelsiorCJH's code, chapter 15. */
export type TextbookEdition = 'ml2' | 'ml3' | 'excelsior'

const PROVENANCE: Readonly<Record<TextbookEdition, string>> = {
  ml2: 'the 3-D points of Hands-On Machine Learning, 2nd edition, chapter 17: 60 points near a plane, centred (NumPy, seed 4)',
  ml3: 'the 3-D points of Hands-On Machine Learning, 3rd edition, chapter 17: 60 points of a noisy oval (NumPy, seed 42)',
  excelsior:
    "the 3-D points of ExcelsiorCJH's Hands-On-ML, chapter 15: 100 training and 100 test points near a plane (NumPy, seed 4), standardised by the training points",
}

/**
 * The textbook's 3-D points near a plane with the very numbers NumPy drew, on which a linear autoencoder with two
 * codings should reach PCA's error: 0.003390 (`ml2`), 0.023309 (`ml3`), 0.045459 (`excelsior`). `input` `[3]`.
 */
export function textbookPlane({
  edition = 'ml2',
}: {
  edition?: TextbookEdition
} = {}): Splits<MemoryDataset> {
  const parts: { train: number[]; test?: number[] } = points[edition]
  const part = (name: string, data: number[]) =>
    createDataset(`textbook plane ${edition} ${name}`, {
      input: { shape: [3], data: Float32Array.from(data) },
    })
  return {
    train: part('train', parts.train),
    ...(parts.test && { test: part('test', parts.test) }),
    provenance: PROVENANCE[edition],
  }
}
