import { mean } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { defineLayer } from '../define-layer'
import { imageShape } from './image'

/** The mean of every channel over the image: `[batch, h, w, channels]` → `[batch, channels]`. */
export const globalAveragePooling2d = defineLayer({
  type: 'globalAveragePooling2d',
  description: 'means of whole images',
  aliases: { type: ['globalAvgPool2d', 'adaptiveAvgPool2d'] },
  options: {
    /** Gives `[batch, 1, 1, channels]`. */
    keepDims: z.boolean().default(false),
  },
  build: ({ keepDims }, { inputShape, path }) => {
    const [, , channels] = imageShape(inputShape, path, 'pooling')
    return {
      outputShape: keepDims ? [1, 1, channels] : [channels],
      traits: { passes: true },
      apply: ({ input }) => ({ output: mean(input, [1, 2], keepDims) }),
    }
  },
})
