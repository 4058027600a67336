import { convolutionProduct, transposedProduct } from '../flops'
import type { Workload } from '../workload'

const convolution = (filters: number) => ({
  type: 'conv2d',
  filters,
  kernelSize: 3,
  padding: 'same',
  activation: 'selu',
})
const transposed = (filters: number, padding: 'same' | 'valid', activation: string) => ({
  type: 'conv2dTranspose',
  filters,
  kernelSize: 3,
  strides: 2,
  padding,
  activation,
})
const pooling = { type: 'maxPooling2d', poolSize: 2 }

/** The textbook's convolutional autoencoder. */
export const convolutional: Workload = {
  name: 'convolutional',
  title: 'convolutional C16-MP-C32-MP-C64-MP → CT32-CT16-CT1, SGD',
  batchSizes: [32, 128],
  inputShape: [28, 28],
  model: {
    type: 'autoencoder',
    encoder: [
      { type: 'reshape', shape: [28, 28, 1] },
      convolution(16),
      pooling,
      convolution(32),
      pooling,
      convolution(64),
      pooling,
    ],
    decoder: [
      transposed(32, 'valid', 'selu'),
      transposed(16, 'same', 'selu'),
      transposed(1, 'same', 'sigmoid'),
      { type: 'reshape', shape: [28, 28] },
    ],
    loss: 'binaryCrossentropy',
  },
  optimizer: { type: 'sgd', learningRate: 0.1 },
  products: [
    convolutionProduct(28, 3, 1, 16),
    convolutionProduct(14, 3, 16, 32),
    convolutionProduct(7, 3, 32, 64),
    transposedProduct(3, 3, 64, 32),
    transposedProduct(7, 3, 32, 16),
    transposedProduct(14, 3, 16, 1),
  ],
}
