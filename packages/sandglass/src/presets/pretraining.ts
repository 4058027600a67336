import { dense, flatten, sparseCategoricalAccuracy } from '@sandglass/core'
import { classifier } from '@sandglass/tasks'
import { sgd } from '@sandglass/trainer'
import { convolutional, convolutionalEncoder } from './convolutional'
import type { Preset } from './preset'

/**
 * The textbook's unsupervised pretraining on Fashion-MNIST: the convolutional autoencoder sees all pictures, then a
 * classifier with its encoder, frozen, learns from 500 labels. Published with these settings: val_accuracy 0.7244.
 * Géron, Hands-On Machine Learning, 2nd edition, chapter 17, "Unsupervised Pretraining Using Stacked Autoencoders".
 */
export const pretraining: Preset = Object.freeze({
  name: 'pretraining',
  family: 'with labels',
  description:
    'classifier of 500 labels with the encoder of an autoencoder of all pictures, on Fashion-MNIST',
  model: classifier({
    encoder: convolutionalEncoder,
    head: [flatten(), dense({ units: 20, activation: 'selu' }), dense({ units: 10, activation: 'softmax' })],
    freezeEncoder: true,
  }),
  dataset: convolutional.dataset,
  warmStart: {
    type: 'pretraining' as const,
    model: convolutional.model,
    optimizer: convolutional.optimizer,
    epochs: convolutional.epochs,
  },
  samples: 500,
  optimizer: sgd({ learningRate: 0.02 }),
  batchSize: 32,
  epochs: 30,
  metrics: [sparseCategoricalAccuracy()],
})
