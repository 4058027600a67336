// A recurrent autoencoder: a picture as a sequence of 28 rows, read and written by LSTMs.
import { autoencoder, dense, fit, lstm, nadam, type OptimizerSpec, repeatVector } from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, results } from './frame/results'
import { warmedCosine } from './frame/schedules'

async function train(context: RunContext, optimizer: OptimizerSpec) {
  const model = autoencoder({
    encoder: [lstm({ units: 100, returnSequences: true }), lstm({ units: 30 })],
    decoder: [repeatVector({ n: 28 }), lstm({ units: 100, returnSequences: true }), dense({ units: 28 })],
    loss: 'meanSquaredError',
  })
  const run = await fit(model, context.data, {
    ...common(context),
    optimizer,
    epochs: context.epochs(10),
    batchSize: 32,
  })
  return results(run)
}

export default headline({
  name: 'recurrent-ml3',
  edition: 'ml3',
  data: 'fashion-mnist',
  settings:
    'LSTM 100, LSTM 30, repeated 28 times, LSTM 100, dense 28, mean squared error; Nadam 0.001, batches of 32, 10 epochs',
  source: 'section "Recurrent Autoencoders"',
  published: { val_loss: 0.0104 },
  remark: 'Keras 3.15 gives 0.0106 with seed 42.',
  run: (context) => train(context, nadam()),
  bestSettings: 'Nadam, from 0 to 0.004 in one epoch, then to 0 along a cosine',
  best: (context) => train(context, nadam({ learningRate: warmedCosine(0.004) })),
})
