import { reshape } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { defineLayer } from '../define-layer'
import { maxOver } from '../ops/max-over'
import { imageShape } from './image'

/** The maximum of every channel over the image: `[batch, h, w, channels]` → `[batch, channels]`. */
export const globalMaxPooling2d = defineLayer({
  type: 'globalMaxPooling2d',
  description: 'maxima of whole images',
  aliases: { type: ['globalMaxPool2d', 'adaptiveMaxPool2d'] },
  options: {
    /** Gives `[batch, 1, 1, channels]`. */
    keepDims: z.boolean().default(false),
  },
  build: ({ keepDims }, { inputShape, path }) => {
    const [, , channels] = imageShape(inputShape, path, 'pooling')
    return {
      outputShape: keepDims ? [1, 1, channels] : [channels],
      traits: { passes: true },
      apply: ({ input }) => {
        const maxima = maxOver(input, [1, 2])
        return { output: keepDims ? maxima : reshape(maxima, [-1, channels]) }
      },
    }
  },
})
