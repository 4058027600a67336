import { define, nonNegative, positiveInt } from '@sandglass/core'
import { z } from 'zod'
import { blobs } from '../synthetic/blobs'
import { moons } from '../synthetic/moons'
import { plane } from '../synthetic/plane'
import { swissRoll } from '../synthetic/swiss-roll'
import { textbookPlane } from '../synthetic/textbook-plane'
import { cut, sampleOptions } from './options'

const noise = nonNegative.optional()

const swissRollDataset = define('dataset', {
  type: 'swissRoll',
  description: 'synthetic: a rolled-up sheet in space',
  schema: z.strictObject({ ...sampleOptions, noise }),
  build: async ({ type: _, parts, ...options }) =>
    cut(swissRoll(options), { parts, seed: options.seed }, `a synthetic swiss roll, seed ${options.seed}`),
})

const blobsDataset = define('dataset', {
  type: 'blobs',
  description: 'synthetic: normal clusters with class labels',
  schema: z.strictObject({
    ...sampleOptions,
    classes: positiveInt.optional(),
    features: positiveInt.optional(),
    spread: noise,
    box: noise,
  }),
  build: async ({ type: _, parts, ...options }) =>
    cut(blobs(options), { parts, seed: options.seed }, `synthetic blobs, seed ${options.seed}`),
})

const moonsDataset = define('dataset', {
  type: 'moons',
  description: 'synthetic: two interleaved half circles with class labels',
  schema: z.strictObject({ ...sampleOptions, noise }),
  build: async ({ type: _, parts, ...options }) =>
    cut(moons(options), { parts, seed: options.seed }, `synthetic half moons, seed ${options.seed}`),
})

const planeDataset = define('dataset', {
  type: 'plane',
  description: 'synthetic: points near a plane in space',
  schema: z.strictObject({ ...sampleOptions, noise, w1: z.number().optional(), w2: z.number().optional() }),
  build: async ({ type: _, parts, ...options }) =>
    cut(plane(options), { parts, seed: options.seed }, `synthetic points near a plane, seed ${options.seed}`),
})

const textbookPlaneDataset = define('dataset', {
  type: 'textbookPlane',
  description: "the textbook's own 3-D points near a plane, for comparison with PCA",
  schema: z.strictObject({ edition: z.enum(['ml2', 'ml3', 'excelsior']).default('ml2') }),
  build: async ({ edition }) => textbookPlane({ edition }),
})

export const syntheticDatasets = [
  swissRollDataset,
  blobsDataset,
  moonsDataset,
  planeDataset,
  textbookPlaneDataset,
] as const
