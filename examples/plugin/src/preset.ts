import { define } from '@sandglass/core'
import { z } from 'zod'

/** The adversarial autoencoder on two rings. */
export const small = define('preset', {
  type: 'rings/small',
  description: 'an adversarial autoencoder of two rings',
  schema: z.strictObject({}),
  build: () => ({
    family: 'adversarial',
    model: model(16),
    dataset: { type: 'rings/rings' },
    batchSize: 20,
    epochs: 10,
    metrics: [],
    callbacks: [{ type: 'rings/reached', value: 0.0005 }],
  }),
})

/** With hidden layers of so many units. */
export function model(units: number) {
  return {
    type: 'rings/adversarial',
    latent: 2,
    encoder: [{ type: 'rings/maxout', units }],
    decoder: [
      { type: 'dense', units, activation: 'tanh', kernelRegularizer: { type: 'rings/orthogonal' } },
      { type: 'dense', units: 2 },
    ],
    critic: [{ type: 'dense', units, activation: 'tanh' }],
  }
}
