// A stacked autoencoder of digits with L2 on its kernels.
import { adam, autoencoder, dense, fit, flatten, l2, type OptimizerSpec, reshape } from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, errors, results } from './frame/results'
import { warmedCosine } from './frame/schedules'

async function train(context: RunContext, optimizer: OptimizerSpec) {
  const layer = (units: number, activation: 'elu' | 'linear') =>
    dense({ units, activation, kernelInitializer: 'heNormal', kernelRegularizer: l2({ l2: 0.0001 / 2 }) })

  const model = autoencoder({
    encoder: [flatten(), layer(300, 'elu'), layer(150, 'elu')],
    decoder: [layer(300, 'elu'), layer(784, 'linear'), reshape({ shape: [28, 28] })],
    loss: 'meanSquaredError',
  })
  const run = await fit(model, context.data, {
    ...common(context),
    optimizer,
    epochs: context.epochs(5),
    batchSize: 150,
  })
  return { ...(await errors(run, context.data)), ...results(run) }
}

export default headline({
  name: 'stacked-excelsior',
  edition: 'excelsior',
  data: 'mnist',
  smokeSamples: 300,
  settings:
    '784-300-150-300-784, ELU and linear, He, L2 0.0001/2, mean squared error; Adam 0.01, batches of 150, 5 epochs',
  source:
    'section "Stacked AutoEncoder"; the figure published is of the last training batch, 0.01156 in the book',
  published: { train_mse: 0.01053 },
  tolerance: { train_mse: 0.001 },
  run: (context) => train(context, adam({ learningRate: 0.01 })),
  bestSettings: 'Adam, from 0 to 0.005 in one epoch, then to 0 along a cosine',
  best: (context) => train(context, adam({ learningRate: warmedCosine(0.005) })),
})
