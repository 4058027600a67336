import { define, definePlugin, type Plugin } from '@sandglass/core'
import { z } from 'zod'
import { version } from '../../package.json'
import { fallbackOptions, imageOptions, partOptions } from '../definitions/options'
import { tableSplits } from '../table/table-splits'
import { cifar10 } from './cifar10'
import { fashionMnist, mnist } from './fashion-mnist'
import { readTable } from './read-table'
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
          header: z.boolean().optional(),
          delimiter: z.string().length(1).optional(),
          decimal: z.enum(['.', ',']).optional(),
          input: z.array(z.string()).min(1).optional(),
          target: z.array(z.string()).optional(),
          label: z.string().optional(),
          categories: z.array(z.string()).optional(),
          missing: z.enum(['refuse', 'drop', 'mean', 'median']).optional(),
          missingValues: z.array(z.string()).optional(),
          scale: z.enum(['standardise', 'minMax', 'robust', 'none']).optional(),
          inMemory: z.boolean().optional(),
          shuffled: z.boolean().default(true),
          ...partOptions,
        }),
        build: async ({ type: _, path, parts, seed, shuffled, ...options }) => {
          const splits = await tableSplits(await readTable(path, options), {
            ...options,
            parts,
            ...(shuffled && { seed }),
          })
          return { ...splits, provenance: `the table ${path}` }
        },
      }),
    ],
  })
}

/** `fashionMnist`, `mnist`, `cifar10` and `csv` from disk or download: `createRegistry([core, datasets, nodeDatasets])`. */
export const nodeDatasets = createNodeDatasets()
