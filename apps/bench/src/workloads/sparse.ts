import { denseProduct } from '../flops'
import type { Workload } from '../workload'

/** The textbook's KL-sparse autoencoder. */
export const sparse: Workload = {
  name: 'sparse',
  title: 'sparse 784-100-300-100-784, KL, SGD',
  batchSizes: [32, 256, 2048],
  inputShape: [28, 28],
  model: {
    type: 'autoencoder',
    encoder: [
      { type: 'flatten' },
      { type: 'dense', units: 100, activation: 'selu' },
      {
        type: 'dense',
        units: 300,
        activation: 'sigmoid',
        activityRegularizer: { type: 'klSparsity', weight: 0.05, target: 0.1 },
      },
    ],
    decoder: [
      { type: 'dense', units: 100, activation: 'selu' },
      { type: 'dense', units: 784, activation: 'sigmoid' },
      { type: 'reshape', shape: [28, 28] },
    ],
    loss: 'binaryCrossentropy',
  },
  optimizer: { type: 'sgd', learningRate: 0.1 },
  products: [denseProduct(784, 100), denseProduct(100, 300), denseProduct(300, 100), denseProduct(100, 784)],
}
