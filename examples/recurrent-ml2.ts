// A recurrent autoencoder: a picture as a sequence of 28 rows, read and written by LSTMs.
import {
  adam,
  autoencoder,
  dense,
  fit,
  lstm,
  type OptimizerSpec,
  repeatVector,
  sgd,
  timeDistributed,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, results } from './frame/results'
import { warmedCosine } from './frame/schedules'

async function train(context: RunContext, optimizer: OptimizerSpec) {
  const model = autoencoder({
    encoder: [lstm({ units: 100, returnSequences: true }), lstm({ units: 30 })],
    decoder: [
      repeatVector({ n: 28 }),
      lstm({ units: 100, returnSequences: true }),
      timeDistributed({ layer: dense({ units: 28, activation: 'sigmoid' }) }),
    ],
    loss: 'binaryCrossentropy',
  })
  const run = await fit(model, context.data, {
    ...common(context),
    optimizer,
    epochs: context.epochs(10),
    batchSize: 32,
    metrics: ['roundedAccuracy'],
  })
  return results(run)
}

export default headline({
  name: 'recurrent-ml2',
  edition: 'ml2',
  data: 'fashion-mnist',
  settings:
    'LSTM 100, LSTM 30, repeated 28 times, LSTM 100, dense 28 with sigmoid, binary crossentropy; SGD 0.1, batches of 32, 10 epochs',
  source: 'section "Recurrent Autoencoders"',
  published: { val_loss: 0.3206, val_roundedAccuracy: 0.9015 },
  run: (context) => train(context, sgd({ learningRate: 0.1 })),
  bestSettings: 'Adam, from 0 to 0.005 in one epoch, then to 0 along a cosine',
  best: (context) => train(context, adam({ learningRate: warmedCosine(0.005) })),
})
