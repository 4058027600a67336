// Tied weights: the decoder uses the kernels of the encoder, transposed, with biases of its own.
import { adam, autoencoder, dense, fit, flatten, l2, type OptimizerSpec, reshape } from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, errors, results } from './frame/results'
import { warmedCosine } from './frame/schedules'

async function train(context: RunContext, optimizer: OptimizerSpec) {
  const layer = (units: number) =>
    dense({
      units,
      activation: 'elu',
      kernelInitializer: 'heNormal',
      kernelRegularizer: l2({ l2: 0.0005 / 2 }),
    })

  const model = autoencoder({
    encoder: [flatten(), layer(300), layer(150)],
    decoder: [
      dense({ units: 300, activation: 'elu', tiedTo: 'encoder/2' }),
      dense({ units: 784, tiedTo: 'encoder/1' }),
      reshape({ shape: [28, 28] }),
    ],
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
  name: 'tied-excelsior',
  edition: 'excelsior',
  data: 'mnist',
  smokeSamples: 300,
  settings:
    '784-300-150-300-784 with tied kernels, ELU and linear, He, L2 0.0005/2, mean squared error; Adam 0.01, batches of 150, 5 epochs',
  source: 'section "Tying Weights"; the figure published is of the last training batch, 0.01761 in the book',
  published: { train_mse: 0.0172 },
  tolerance: { train_mse: 0.001 },
  run: (context) => train(context, adam({ learningRate: 0.01 })),
  bestSettings: 'Adam, from 0 to 0.005 in one epoch, then to 0 along a cosine',
  best: (context) => train(context, adam({ learningRate: warmedCosine(0.005) })),
})
