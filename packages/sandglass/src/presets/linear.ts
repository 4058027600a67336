import { autoencoder, dense } from '@sandglass/core'
import { sgd } from '@sandglass/trainer'
import type { Preset } from './preset'

/**
 * The textbook's linear autoencoder on 60 points near a plane: without activations it does what PCA does.
 * Published: a training loss of 0.0055; the least that is possible, that of PCA, is 0.00339. Géron, Hands-On
 * Machine Learning, 2nd edition, chapter 17, "PCA with a linear Autoencoder".
 */
export const linear: Preset = Object.freeze({
  name: 'linear',
  family: 'undercomplete',
  description: 'linear autoencoder 3-2-3, which finds the plane of PCA, on 60 points in space',
  model: autoencoder({
    encoder: [dense({ units: 2 })],
    decoder: [dense({ units: 3 })],
    loss: 'meanSquaredError',
  }),
  dataset: { type: 'textbookPlane', edition: 'ml2' },
  optimizer: sgd({ learningRate: 1.5 }),
  batchSize: 32,
  epochs: 20,
  metrics: [],
})
