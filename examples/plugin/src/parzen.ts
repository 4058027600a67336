import { define, positive } from '@sandglass/core'
import { z } from 'zod'

/**
 * A Parzen window over the codes of data: one of them, drawn at random, and normal noise of `bandwidth` times the
 * standard deviation of all.
 */
export const parzen = define('sampler', {
  type: 'rings/parzen',
  description: 'codes near those of data: a Parzen window',
  schema: z.strictObject({ bandwidth: positive.default(0.1) }),
  build: ({ bandwidth }) => ({
    fit: async ({ codes, progress }) => {
      progress(0, 1)
      const data = Float64Array.from(codes.data)
      const mean = data.reduce((sum, value) => sum + value, 0) / data.length
      const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length
      progress(1, 1)
      return { codes, spread: { shape: [1], data: Float32Array.of(bandwidth * Math.sqrt(variance)) } }
    },
    sample: ({ tensors: { codes, spread }, size, shape, streams, draw }) => {
      const count = codes!.shape[0]!
      const width = codes!.data.length / count
      const chosen = streams.at('parzen/chosen', draw).uniform(new Float32Array(size))
      const noise = streams.at('parzen/noise', draw).normal(new Float32Array(size * width))
      const data = noise.map((value, i) => {
        const row = Math.min(count - 1, Math.floor(count * chosen[Math.floor(i / width)]!))
        return codes!.data[row * width + (i % width)]! + spread!.data[0]! * value
      })
      return { shape: [size, ...shape], data }
    },
  }),
})
