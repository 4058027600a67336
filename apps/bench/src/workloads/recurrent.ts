import { denseProduct, lstmProducts } from '../flops'
import type { Workload } from '../workload'

/** The textbook's recurrent autoencoder: an image is a sequence of 28 rows. */
export const recurrent: Workload = {
  name: 'recurrent',
  title: 'recurrent LSTM100-LSTM30 → LSTM100-dense28, SGD',
  batchSizes: [32],
  inputShape: [28, 28],
  model: {
    type: 'autoencoder',
    encoder: [
      { type: 'lstm', units: 100, returnSequences: true },
      { type: 'lstm', units: 30 },
    ],
    decoder: [
      { type: 'repeatVector', n: 28 },
      { type: 'lstm', units: 100, returnSequences: true },
      { type: 'timeDistributed', layer: { type: 'dense', units: 28, activation: 'sigmoid' } },
    ],
    loss: 'binaryCrossentropy',
  },
  optimizer: { type: 'sgd', learningRate: 0.1 },
  products: [
    ...lstmProducts(28, 28, 100),
    ...lstmProducts(28, 100, 30),
    ...lstmProducts(28, 30, 100),
    denseProduct(100, 28, 28),
  ],
}
