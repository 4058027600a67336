import { pad } from '@tensorflow/tfjs-core'
import { defineLayer } from '../define-layer'
import { bordersOf, bordersOption } from './borders'
import { imageShape } from './image'

/** Rows and columns of zeros about an image: `[batch, h, w, channels]` → `[batch, h + …, w + …, channels]`. */
export const zeroPadding2d = defineLayer({
  type: 'zeroPadding2d',
  description: 'a border of zeros about an image',
  aliases: { type: ['zeroPad2d'] },
  options: { padding: bordersOption().default(1) },
  build: ({ padding }, { inputShape, path }) => {
    const [height, width, channels] = imageShape(inputShape, path, 'zero padding')
    const [rows, columns] = bordersOf(padding)
    return {
      outputShape: [height + rows[0] + rows[1], width + columns[0] + columns[1], channels],
      traits: { passes: true },
      apply: ({ input }) => ({ output: pad(input, [[0, 0], [...rows], [...columns], [0, 0]]) }),
    }
  },
})
