import { autoencoder, roundedAccuracy } from '@sandglass/core'
import { saltAndPepper } from '@sandglass/regularizers'
import { sgd } from '@sandglass/trainer'
import type { Preset } from './preset'
import { stackedParts } from './stacked'

/** The model of denoising-gaussian with another damage. No figure was published for it. */
export const denoisingSaltAndPepper: Preset = Object.freeze({
  name: 'denoising-salt-and-pepper',
  family: 'denoising',
  description: 'stacked autoencoder that sees a fifth of the pixels black or white, on Fashion-MNIST',
  model: autoencoder({ ...stackedParts, corruption: saltAndPepper({ rate: 0.2 }) }),
  dataset: { type: 'fashionMnist', validation: 5000, fallback: 'excerpt' },
  optimizer: sgd({ learningRate: 1 }),
  batchSize: 32,
  epochs: 10,
  metrics: [roundedAccuracy()],
})
