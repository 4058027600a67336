// A linear autoencoder does what PCA does, also with points that are not centred: its biases find the centre.
import { adam, cosineSchedule, sgd } from 'sandglass'
import { headline } from './frame/headline'
import { train } from './linear-ml2'

export default headline({
  name: 'linear-ml3',
  edition: 'ml3',
  data: 'synthetic',
  settings:
    '3-2-3, linear, mean squared error; SGD 0.5, batches of 32, 500 epochs; the `mse` to reach is that of PCA',
  source:
    'section "Performing PCA with an Undercomplete Linear Autoencoder"; its error is computed, none is printed',
  published: { mse: 0.023309 },
  tolerance: { mse: 0.000233 },
  run: (context) => train(context, { optimizer: sgd({ learningRate: 0.5 }), epochs: 500, batchSize: 32 }),
  bestSettings: 'orthogonal; Adam, from 0.1 to 0 along a cosine',
  best: (context) =>
    train(context, {
      optimizer: adam({ learningRate: cosineSchedule({ initial: 0.1 }) }),
      epochs: 500,
      batchSize: 32,
      kernelInitializer: 'orthogonal',
    }),
})
