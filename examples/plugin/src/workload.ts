import { define } from '@sandglass/core'
import { z } from 'zod'
import { model } from './preset.js'

/** A step of the adversarial autoencoder, wide enough to be worth measuring. */
export const step = define('workload', {
  type: 'rings/step',
  description: 'a step of an adversarial autoencoder',
  schema: z.strictObject({}),
  build: () => ({
    title: 'adversarial autoencoder of 256 units',
    model: model(256),
    fields: { input: [2] },
    range: [-1, 1],
    batchSizes: [32],
    optimizer: { type: 'adam' },
  }),
})
