import { autoencoder, dense, flatten, reshape, roundedAccuracy } from '@sandglass/core'
import { sgd } from '@sandglass/trainer'
import type { Preset } from './preset'

/**
 * The textbook's stacked autoencoder with tied weights on Fashion-MNIST: half the parameters. Published with these
 * settings: val_loss 0.2839, rounded accuracy 0.9338. Géron, Hands-On Machine Learning, 2nd edition, chapter 17,
 * "Tying Weights".
 */
export const tied: Preset = Object.freeze({
  name: 'tied',
  family: 'undercomplete',
  description:
    'stacked autoencoder whose decoder has the kernels of the encoder, transposed, on Fashion-MNIST',
  model: autoencoder({
    encoder: [flatten(), dense({ units: 100, activation: 'selu' }), dense({ units: 30, activation: 'selu' })],
    decoder: [
      dense({ units: 100, activation: 'selu', tiedTo: 'encoder/2' }),
      dense({ units: 784, activation: 'sigmoid', tiedTo: 'encoder/1' }),
      reshape({ shape: [28, 28] }),
    ],
    loss: 'binaryCrossentropy',
  }),
  dataset: { type: 'fashionMnist', validation: 5000, fallback: 'excerpt' },
  optimizer: sgd({ learningRate: 1.5 }),
  batchSize: 32,
  epochs: 10,
  metrics: [roundedAccuracy()],
})
