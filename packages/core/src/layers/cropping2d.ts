import { slice } from '@tensorflow/tfjs-core'
import { defineLayer } from '../define-layer'
import { SandglassError } from '../errors'
import { bordersOf, bordersOption } from './borders'
import { imageShape, show } from './image'

/** Cuts rows and columns off an image: `[batch, h, w, channels]` → `[batch, h − …, w − …, channels]`. */
export const cropping2d = defineLayer({
  type: 'cropping2d',
  description: 'cuts the border off an image',
  options: { cropping: bordersOption().default(0) },
  build: ({ cropping }, { inputShape, path }) => {
    const [height, width, channels] = imageShape(inputShape, path, 'cropping')
    const [rows, columns] = bordersOf(cropping)
    const [h, w] = [height - rows[0] - rows[1], width - columns[0] - columns[1]]
    if (h < 1 || w < 1)
      throw new SandglassError('shape', `${path}: cropping leaves nothing of the image`, {
        got: `${rows[0]} + ${rows[1]} rows and ${columns[0]} + ${columns[1]} columns cut off an image of ${show([height, width])}`,
        expected: 'at least one pixel left',
      })
    return {
      outputShape: [h, w, channels],
      traits: { passes: true },
      apply: ({ input }) => ({ output: slice(input, [0, rows[0], columns[0], 0], [-1, h, w, channels]) }),
    }
  },
})
