import { define } from '@sandglass/core'
import { z } from 'zod'
import { fashionMnistExcerpt } from '../excerpt/fashion-mnist-excerpt'

export const fashionMnistExcerptDataset = define('dataset', {
  type: 'fashionMnistExcerpt',
  description: '2,000 real images of Fashion-MNIST that come with the package',
  schema: z.strictObject({}),
  build: () => fashionMnistExcerpt(),
})
