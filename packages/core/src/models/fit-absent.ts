const toFit = 'it is an option of fit'

/** Options that models have elsewhere, where they are compiled before they are trained. */
export const fitAbsent = {
  optimizer: toFit,
  metrics: toFit,
  epochs: toFit,
  batchSize: toFit,
  callbacks: toFit,
  learningRate: 'it is an option of the optimizer, fit(…, { optimizer: adam({ learningRate }) })',
  layers: 'an autoencoder has two lists of them, encoder and decoder',
}
