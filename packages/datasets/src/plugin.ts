import { define, definePlugin, type Plugin } from '@sandglass/core'
import { z } from 'zod'
import { version } from '../package.json'
import { fashionMnistExcerptDataset } from './definitions/excerpt'
import { fallbackOptions, imageOptions } from './definitions/options'
import { syntheticDatasets } from './definitions/synthetic'
import { cifar10 } from './images/cifar10'
import { fashionMnist, mnist } from './images/fashion-mnist'
import type { WebSourceOptions } from './images/web-source'

/** The datasets that need nothing from outside: synthetic ones and the excerpt of Fashion-MNIST. */
export const datasets = definePlugin({
  name: '@sandglass/datasets',
  version,
  apiVersion: 1,
  definitions: [fashionMnistExcerptDataset, ...syntheticDatasets],
})

/**
 * `fashionMnist`, `mnist` and `cifar10` over https, for browsers: `createRegistry([core, datasets, webDatasets()])`. Node has
 * `nodeDatasets` in `@sandglass/datasets/node` instead; a registry takes one of the two.
 */
export function webDatasets(options: WebSourceOptions = {}): Plugin {
  return definePlugin({
    name: '@sandglass/datasets/web',
    version,
    apiVersion: 1,
    definitions: [
      define('dataset', {
        type: 'fashionMnist',
        description: 'Fashion-MNIST: 70,000 images of clothes in 10 classes',
        schema: z.strictObject({ ...imageOptions, ...fallbackOptions }),
        build: ({ validation, fallback }) => fashionMnist({ ...options, validation, fallback }),
      }),
      define('dataset', {
        type: 'mnist',
        description: 'MNIST: 70,000 handwritten digits',
        schema: z.strictObject(imageOptions),
        build: ({ validation }) => mnist({ ...options, validation }),
      }),
      define('dataset', {
        type: 'cifar10',
        description: 'CIFAR-10: 60,000 photographs of animals and vehicles in 10 classes',
        schema: z.strictObject(imageOptions),
        build: ({ validation }) => cifar10({ ...options, validation }),
      }),
    ],
  })
}
