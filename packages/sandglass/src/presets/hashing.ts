import { autoencoder, dense, flatten, gaussianNoise, reshape, roundedAccuracy } from '@sandglass/core'
import { sgd } from '@sandglass/trainer'
import type { Preset } from './preset'

/**
 * The textbook's binary autoencoder on Fashion-MNIST: noise before the sigmoid of the codes drives them to 0 and 1.
 * Published with these settings: val_loss 0.4002. Géron, Hands-On Machine Learning, 2nd edition, chapter 17,
 * "Hashing Using a Binary Autoencoder".
 */
export const hashing: Preset = Object.freeze({
  name: 'hashing',
  family: 'binary codes',
  description: 'autoencoder with 16 bits a picture for search by Hamming distance, on Fashion-MNIST',
  model: autoencoder({
    encoder: [
      flatten(),
      dense({ units: 100, activation: 'selu' }),
      gaussianNoise({ stddev: 15 }),
      dense({ units: 16, activation: 'sigmoid' }),
    ],
    decoder: [
      dense({ units: 100, activation: 'selu' }),
      dense({ units: 784, activation: 'sigmoid' }),
      reshape({ shape: [28, 28] }),
    ],
    loss: 'binaryCrossentropy',
  }),
  dataset: { type: 'fashionMnist', validation: 5000, fallback: 'excerpt' },
  optimizer: sgd({ learningRate: 1 }),
  batchSize: 32,
  epochs: 10,
  metrics: [roundedAccuracy()],
})
