// Three numbers through two and back, without an activation: a linear autoencoder does what PCA does.
import {
  adam,
  autoencoder,
  cosineSchedule,
  dense,
  fit,
  type InitializerSpec,
  type OptimizerSpec,
  sgd,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, results } from './frame/results'

interface Settings {
  optimizer: OptimizerSpec
  epochs: number
  batchSize: number
  kernelInitializer?: InitializerSpec
}

export async function train(context: RunContext, { kernelInitializer, epochs, ...settings }: Settings) {
  const model = autoencoder({
    encoder: [dense({ units: 2, kernelInitializer })],
    decoder: [dense({ units: 3, kernelInitializer })],
    loss: 'meanSquaredError',
  })
  const { data } = context
  const run = await fit(model, data, { ...common(context), ...settings, epochs: context.epochs(epochs) })
  const { loss: mse } = await run.model.evaluate(data.train)
  const { loss: test_mse } = data.test ? await run.model.evaluate(data.test) : {}
  return { ...results(run), mse: mse!, ...(test_mse !== undefined && { test_mse }) }
}

export default headline({
  name: 'linear-ml2',
  edition: 'ml2',
  data: 'synthetic',
  settings:
    '3-2-3, linear, mean squared error; SGD 1.5, batches of 32, 20 epochs; the published `loss` is that of the last epoch, the `mse` to reach that of PCA, from which these settings stay far in the book too',
  source: 'section "PCA with a linear Autoencoder"',
  published: { loss: 0.0055, mse: 0.00339 },
  tolerance: { loss: 0.0005, mse: 0.0000339 },
  run: (context) => train(context, { optimizer: sgd({ learningRate: 1.5 }), epochs: 20, batchSize: 32 }),
  bestSettings: 'orthogonal; Adam, from 0.2 to 0 along a cosine, batches of 4',
  best: (context) =>
    train(context, {
      optimizer: adam({ learningRate: cosineSchedule({ initial: 0.2 }) }),
      epochs: 20,
      batchSize: 4,
      kernelInitializer: 'orthogonal',
    }),
})
