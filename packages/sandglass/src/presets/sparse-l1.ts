import {
  activityRegularization,
  autoencoder,
  dense,
  flatten,
  reshape,
  roundedAccuracy,
} from '@sandglass/core'
import { sgd } from '@sandglass/trainer'
import type { Preset } from './preset'

/**
 * The textbook's sparse autoencoder with L1 on Fashion-MNIST: 300 sigmoid units whose activity costs its L1 norm.
 * Published with these settings: val_loss 0.3212. Géron, Hands-On Machine Learning, 2nd edition, chapter 17,
 * "Sparse Autoencoders".
 */
export const sparseL1: Preset = Object.freeze({
  name: 'sparse-l1',
  family: 'sparse',
  description: 'L1-sparse autoencoder of the textbook, 784-100-300-100-784, on Fashion-MNIST',
  model: autoencoder({
    encoder: [
      flatten(),
      dense({ units: 100, activation: 'selu' }),
      dense({ units: 300, activation: 'sigmoid' }),
      activityRegularization({ l1: 0.001 }),
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
