// A denoising autoencoder: three in ten pixels are dropped while training, none afterwards.
import { adam, autoencoder, dense, dropout, fit, flatten, type OptimizerSpec, reshape } from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, errors, results } from './frame/results'
import { warmedCosine } from './frame/schedules'

async function train(context: RunContext, optimizer: OptimizerSpec) {
  const model = autoencoder({
    encoder: [
      flatten(),
      dropout({ rate: 0.3 }),
      dense({ units: 300, activation: 'relu' }),
      dense({ units: 150, activation: 'relu' }),
    ],
    decoder: [dense({ units: 300, activation: 'relu' }), dense({ units: 784 }), reshape({ shape: [28, 28] })],
    loss: 'meanSquaredError',
  })
  const run = await fit(model, context.data, {
    ...common(context),
    optimizer,
    epochs: context.epochs(10),
    batchSize: 150,
  })
  return { ...(await errors(run, context.data)), ...results(run) }
}

export default headline({
  name: 'denoising-dropout-ml1',
  edition: 'ml1',
  data: 'mnist',
  smokeSamples: 300,
  settings:
    'dropout 0.3, 784-300-150-300-784, ReLU and linear, mean squared error; Adam 0.01, batches of 150, 10 epochs',
  source:
    'section "Denoising Autoencoders"; the figure published is of the last training batch without dropout; ExcelsiorCJH never switches dropout on and gets 0.02967',
  published: { train_mse: 0.0239 },
  tolerance: { train_mse: 0.001 },
  run: (context) => train(context, adam({ learningRate: 0.01 })),
  bestSettings: 'Adam, from 0 to 0.005 in one epoch, then to 0 along a cosine',
  best: (context) => train(context, adam({ learningRate: warmedCosine(0.005) })),
})
