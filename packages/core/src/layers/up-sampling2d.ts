import { z } from 'zod'
import { defineLayer } from '../define-layer'
import { repeat2d } from '../ops/repeat'
import { resizeBilinear } from '../ops/resize-bilinear'
import { imageShape, pairOf, pairOption } from './image'

/**
 * Enlarges images: `[batch, h, w, channels]` → `[batch, h·size, w·size, channels]`, each pixel repeated (`nearest`) or
 * interpolated between pixel centres (`bilinear`).
 */
export const upSampling2d = defineLayer({
  type: 'upSampling2d',
  description: 'enlarges images by repeating or interpolating pixels',
  aliases: { type: ['upsample'], options: { size: ['scaleFactor'], interpolation: ['mode'] } },
  options: {
    size: pairOption().default(2),
    interpolation: z.enum(['nearest', 'bilinear']).default('nearest'),
  },
  build: ({ size, interpolation }, { inputShape, path }) => {
    const [height, width, channels] = imageShape(inputShape, path, 'upsampling')
    const [rows, columns] = pairOf(size)
    return {
      outputShape: [height * rows, width * columns, channels],
      traits: { passes: true },
      apply: ({ input }) => ({
        output:
          interpolation === 'nearest'
            ? repeat2d(input, rows, columns)
            : resizeBilinear(input, height * rows, width * columns),
      }),
    }
  },
})
