import { autoencoder, dense, flatten, reshape, roundedAccuracy } from '@sandglass/core'
import { contractive as contractivePenalty } from '@sandglass/regularizers'
import { adam } from '@sandglass/trainer'
import type { Preset } from './preset'

/**
 * A contractive autoencoder on Fashion-MNIST: 0.01 times the squared Frobenius norm of the encoder's Jacobian is
 * part of the loss, exactly. Rifai et al., Contractive Auto-Encoders, ICML 2011, whose penalty it is; no figure was
 * published for this model.
 */
export const contractive: Preset = Object.freeze({
  name: 'contractive',
  family: 'contractive',
  description: 'autoencoder whose codes change little when the picture does, on Fashion-MNIST',
  model: autoencoder({
    encoder: [
      flatten(),
      dense({ units: 100, activation: 'selu' }),
      dense({ units: 30, activation: 'sigmoid' }),
    ],
    decoder: [
      dense({ units: 100, activation: 'selu' }),
      dense({ units: 784, activation: 'sigmoid' }),
      reshape({ shape: [28, 28] }),
    ],
    loss: 'binaryCrossentropy',
    encoderRegularizer: contractivePenalty({ weight: 0.01 }),
  }),
  dataset: { type: 'fashionMnist', validation: 5000, fallback: 'excerpt' },
  optimizer: adam(),
  batchSize: 32,
  epochs: 10,
  metrics: [roundedAccuracy()],
})
