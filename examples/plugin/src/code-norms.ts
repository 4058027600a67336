import { define, range } from '@sandglass/core'
import { z } from 'zod'

/** How far the codes of data lie from the origin, beside the mean distance of the prior N(0, I), about √latent. */
export const codeNorms = define('exhibit', {
  type: 'rings/codeNorms',
  description: 'how far codes lie from the origin',
  schema: z.strictObject({}),
  build:
    () =>
    async ({ trained, dataset, part }) => {
      if (!trained.model.functions.encode) return []
      const rows = dataset.select(range(0, Math.min(dataset.size, 1000)))
      const { code } = await trained.run('encode', rows)
      const width = code!.data.length / rows.size
      const values = range(0, rows.size).map((row) =>
        Math.hypot(...code!.data.slice(row * width, (row + 1) * width)),
      )
      return [
        {
          name: 'code norms',
          caption: `How far the codes of ${rows.size} samples of the ${part} data lie from the origin. The mark is the mean square distance of normal noise.`,
          data: {
            type: 'histogram',
            title: 'Code norms',
            values,
            xLabel: 'norm',
            yLabel: 'samples',
            mark: { value: Math.sqrt(width), name: 'normal noise' },
          },
        },
      ]
    },
})
