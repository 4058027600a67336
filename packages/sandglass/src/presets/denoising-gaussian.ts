import { autoencoder, dense, flatten, gaussianNoise, reshape, roundedAccuracy } from '@sandglass/core'
import { sgd } from '@sandglass/trainer'
import type { Preset } from './preset'

/**
 * The textbook's denoising autoencoder with Gaussian noise on Fashion-MNIST. Published with these settings:
 * val_loss 0.2920, rounded accuracy 0.9291. Géron, Hands-On Machine Learning, 2nd edition, chapter 17, "Denoising
 * Autoencoders".
 */
export const denoisingGaussian: Preset = Object.freeze({
  name: 'denoising-gaussian',
  family: 'denoising',
  description: 'stacked autoencoder that sees Gaussian noise of 0.2 while training, on Fashion-MNIST',
  model: autoencoder({
    encoder: [
      flatten(),
      gaussianNoise({ stddev: 0.2 }),
      dense({ units: 100, activation: 'selu' }),
      dense({ units: 30, activation: 'selu' }),
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
