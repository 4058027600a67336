// A linear autoencoder does what PCA does: on points that are standardised, with as many that it has never seen.
import { adam, cosineSchedule } from 'sandglass'
import { headline } from './frame/headline'
import { train } from './linear-ml2'

export default headline({
  name: 'linear-excelsior',
  edition: 'excelsior',
  data: 'synthetic',
  settings:
    '3-2-3, linear, mean squared error; Adam 0.01, all 100 points at once, 1000 times; the errors to reach are those of PCA',
  source: 'section "PCA with an undercomplete linear autoencoder"; its errors are computed, none are printed',
  published: { mse: 0.045459, test_mse: 0.051857 },
  tolerance: { mse: 0.000455, test_mse: 0.000519 },
  run: (context) => train(context, { optimizer: adam({ learningRate: 0.01 }), epochs: 1000, batchSize: 100 }),
  bestSettings: 'orthogonal; Adam, from 0.1 to 0 along a cosine',
  best: (context) =>
    train(context, {
      optimizer: adam({ learningRate: cosineSchedule({ initial: 0.1 }) }),
      epochs: 1000,
      batchSize: 100,
      kernelInitializer: 'orthogonal',
    }),
})
