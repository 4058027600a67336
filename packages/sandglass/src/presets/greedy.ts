import { sgd } from '@sandglass/trainer'
import type { Preset } from './preset'
import { stacked } from './stacked'

/**
 * The textbook's stacked autoencoder, trained one stage at a time and then as a whole, on Fashion-MNIST. Published with
 * these settings: val_loss 0.2857, rounded accuracy 0.9371. Géron, Hands-On Machine Learning, 2nd edition, chapter 17,
 * "Training one Autoencoder at a Time".
 */
export const greedy: Preset = Object.freeze({
  name: 'greedy',
  family: 'undercomplete',
  description: 'stacked autoencoder trained layer by layer, then as a whole, on Fashion-MNIST',
  model: stacked.model,
  dataset: stacked.dataset,
  warmStart: {
    type: 'greedy' as const,
    stages: [{ optimizer: sgd({ learningRate: 1.5 }) }, { optimizer: sgd({ learningRate: 0.05 }) }],
  },
  optimizer: sgd({ learningRate: 0.1 }),
  batchSize: 32,
  epochs: 10,
  metrics: stacked.metrics,
})
