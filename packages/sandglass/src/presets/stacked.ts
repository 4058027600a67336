import { autoencoder, dense, flatten, reshape, roundedAccuracy } from '@sandglass/core'
import { sgd } from '@sandglass/trainer'
import type { Preset } from './preset'

/** 784-100-30-100-784. */
export const stackedParts = {
  encoder: [flatten(), dense({ units: 100, activation: 'selu' }), dense({ units: 30, activation: 'selu' })],
  decoder: [
    dense({ units: 100, activation: 'selu' }),
    dense({ units: 784, activation: 'sigmoid' }),
    reshape({ shape: [28, 28] }),
  ],
  loss: 'binaryCrossentropy' as const,
}

/**
 * The textbook's stacked autoencoder on Fashion-MNIST. Published with these settings: val_loss 0.2835, rounded
 * accuracy 0.9370. Géron, Hands-On Machine Learning, 2nd edition, chapter 17, "Stacked Autoencoders".
 */
export const stacked: Preset = Object.freeze({
  name: 'stacked',
  family: 'undercomplete',
  description: 'stacked autoencoder, 784-100-30-100-784, on Fashion-MNIST',
  model: autoencoder(stackedParts),
  dataset: { type: 'fashionMnist', validation: 5000, fallback: 'excerpt' },
  optimizer: sgd({ learningRate: 1.5 }),
  batchSize: 32,
  epochs: 20,
  metrics: [roundedAccuracy()],
})
