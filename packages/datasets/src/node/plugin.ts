import { define, definePlugin, type Plugin } from '@sandglass/core'
import { z } from 'zod'
import { version } from '../../package.json'
import { cut, fallbackOptions, imageOptions, partOptions } from '../definitions/options'
import { cifar10 } from './cifar10'
import { fashionMnist, mnist } from './fashion-mnist'
import { readCsv } from './read-csv'
import type { NodeSourceOptions } from './sources'

const sourceOptions = { folder: z.string().optional(), download: z.boolean().optional() }

/** The plugin with callbacks that specs cannot hold: progress, abort signal, another cache. */
export function createNodeDatasets(options: NodeSourceOptions = {}): Plugin {
  return definePlugin({
    name: '@sandglass/datasets/node',
    version,
    apiVersion: 1,
    definitions: [
      define('dataset', {
        type: 'fashionMnist',
        description: 'Fashion-MNIST: 70,000 images of clothes in 10 classes',
        schema: z.strictObject({ ...imageOptions, ...sourceOptions, ...fallbackOptions }),
        build: ({ type: _, ...spec }) => fashionMnist({ ...options, ...spec }),
      }),
      define('dataset', {
        type: 'mnist',
        description: 'MNIST: 70,000 handwritten digits',
        schema: z.strictObject({ ...imageOptions, ...sourceOptions }),
        build: ({ type: _, ...spec }) => mnist({ ...options, ...spec }),
      }),
      define('dataset', {
        type: 'cifar10',
        description: 'CIFAR-10: 60,000 photographs of animals and vehicles in 10 classes',
        schema: z.strictObject({ ...imageOptions, ...sourceOptions }),
        build: ({ type: _, ...spec }) => cifar10({ ...options, ...spec }),
      }),
      define('dataset', {
        type: 'csv',
        description: 'a table in a CSV file',
        schema: z.strictObject({
          path: z.string().min(1),
          header: z.boolean().default(true),
          delimiter: z.string().length(1).default(','),
          input: z.array(z.string()).min(1).optional(),
          target: z.array(z.string()).optional(),
          label: z.string().optional(),
          shuffled: z.boolean().default(true),
          ...partOptions,
        }),
        build: async ({ type: _, path, parts, seed, shuffled, ...table }) =>
          cut(await readCsv(path, table), { parts, seed, shuffled }, `the table ${path}`),
      }),
    ],
  })
}

/** `fashionMnist`, `mnist`, `cifar10` and `csv` from disk or download: `createRegistry([core, datasets, nodeDatasets])`. */
export const nodeDatasets = createNodeDatasets()
