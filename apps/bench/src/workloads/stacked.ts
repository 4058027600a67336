import { denseProduct } from '../flops'
import type { Workload } from '../workload'

/** The textbook's stacked autoencoder, trained with Adam. */
export const stacked: Workload = {
  name: 'stacked',
  title: 'stacked 784-100-30-100-784, Adam',
  batchSizes: [32, 256],
  inputShape: [28, 28],
  model: {
    type: 'autoencoder',
    encoder: [
      { type: 'flatten' },
      { type: 'dense', units: 100, activation: 'selu' },
      { type: 'dense', units: 30, activation: 'selu' },
    ],
    decoder: [
      { type: 'dense', units: 100, activation: 'selu' },
      { type: 'dense', units: 784, activation: 'sigmoid' },
      { type: 'reshape', shape: [28, 28] },
    ],
    loss: 'binaryCrossentropy',
  },
  // Libraries correct the bias of Adam's moments before adding epsilon, or after: so small, it does not matter which.
  optimizer: { type: 'adam', learningRate: 0.001, epsilon: 1e-12 },
  products: [denseProduct(784, 100), denseProduct(100, 30), denseProduct(30, 100), denseProduct(100, 784)],
}
