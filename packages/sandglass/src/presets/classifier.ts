import { dense, flatten, reshape, sparseCategoricalAccuracy } from '@sandglass/core'
import { classifier as classifierModel } from '@sandglass/tasks'
import { adam } from '@sandglass/trainer'
import type { Preset } from './preset'

/**
 * A classifier of Fashion-MNIST whose encoder must also serve a decoder: the reconstruction is a regularizer. No figure
 * was published for this model.
 */
export const classifier: Preset = Object.freeze({
  name: 'classifier',
  family: 'with labels',
  description: 'classifier with a reconstruction head as regularizer, 784-100-30-10, on Fashion-MNIST',
  model: classifierModel({
    encoder: [flatten(), dense({ units: 100, activation: 'selu' }), dense({ units: 30, activation: 'selu' })],
    head: [dense({ units: 10, activation: 'softmax' })],
    decoder: [
      dense({ units: 100, activation: 'selu' }),
      dense({ units: 784, activation: 'sigmoid' }),
      reshape({ shape: [28, 28] }),
    ],
    reconstructionLoss: 'binaryCrossentropy',
  }),
  dataset: { type: 'fashionMnist', validation: 5000, fallback: 'excerpt' },
  optimizer: adam(),
  batchSize: 32,
  epochs: 10,
  metrics: [sparseCategoricalAccuracy()],
})
