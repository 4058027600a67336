import { createDataset, createStreams, define, nonNegative, positiveInt } from '@sandglass/core'
import { split } from '@sandglass/datasets'
import { z } from 'zod'

/** Points `[2]` on two rings about the origin, of radius 0.5 and 1, with normal noise; the ring is the label. */
export const rings = define('dataset', {
  type: 'rings/rings',
  description: 'synthetic: points on two rings, with class labels',
  schema: z.strictObject({
    size: positiveInt.default(500),
    noise: nonNegative.default(0.05),
    seed: z.int().default(0),
  }),
  build: async ({ size, noise, seed }) => {
    const streams = createStreams(seed)
    const angles = streams.at('rings/angle').uniform(new Float32Array(size))
    const away = streams.at('rings/noise').normal(new Float32Array(size))
    const label = Int32Array.from({ length: size }, (_, i) => i % 2)
    const input = new Float32Array(2 * size)
    angles.forEach((share, i) => {
      const radius = 0.5 + 0.5 * label[i]! + noise * away[i]!
      input[2 * i] = radius * Math.cos(2 * Math.PI * share)
      input[2 * i + 1] = radius * Math.sin(2 * Math.PI * share)
    })
    const all = createDataset('rings', {
      input: { shape: [2], columns: ['x', 'y'], data: input },
      label: { shape: [], data: label, classes: ['inner', 'outer'] },
    })
    const parts = split(all, { train: 0.8, validation: 0.2 }, { seed, stratify: 'label' })
    return { ...parts, provenance: `two rings, seed ${seed}` }
  },
})
