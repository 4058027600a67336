import { createDataset, createStreams, type MemoryDataset } from '@sandglass/core'
import { checkSize, checkSpreads } from './options'

export interface PlaneOptions {
  /** Default 200. */
  size?: number
  /** Slopes of the plane. Defaults 0.1 and 0.3. */
  w1?: number
  w2?: number
  /** Default 0.1. */
  noise?: number
  seed: number
}

/**
 * Points near a plane in space, by the formula of the textbook's generate_3d_data (A. Géron, Hands-On Machine
 * Learning, 2nd edition, ch. 17): x = cos a + ½ sin a, y = 0.7 sin a with a uniform on [−½, 3π/2 − ½), each with
 * noise/2, and z = w1 x + w2 y with noise. `input` `[3]`. `textbookPlane` has the book's own numbers.
 */
export function plane({ size = 200, w1 = 0.1, w2 = 0.3, noise = 0.1, seed }: PlaneOptions): MemoryDataset {
  checkSize('plane', size)
  checkSpreads('plane', { noise })
  const streams = createStreams(seed)
  const angles = streams.at('data/plane/angle').uniform(new Float32Array(size), -0.5, 1.5 * Math.PI - 0.5)
  const input = streams.at('data/plane/noise').normal(new Float32Array(3 * size))
  for (let i = 0; i < size; i++) {
    const angle = angles[i]!
    const x = Math.cos(angle) + Math.sin(angle) / 2 + (noise / 2) * input[3 * i]!
    const y = 0.7 * Math.sin(angle) + (noise / 2) * input[3 * i + 1]!
    const z = w1 * x + w2 * y + noise * input[3 * i + 2]!
    input.set([x, y, z], 3 * i)
  }
  return createDataset('plane', { input: { shape: [3], data: input } })
}
