// A sparse and wide autoencoder: 1000 units, each active for a tenth of the digits.
import {
  adam,
  autoencoder,
  dense,
  fit,
  flatten,
  klSparsity,
  type OptimizerSpec,
  piecewiseSchedule,
  reshape,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, errors, results } from './frame/results'

async function train(context: RunContext, optimizer: OptimizerSpec) {
  const model = autoencoder({
    encoder: [
      flatten(),
      dense({
        units: 1000,
        activation: 'sigmoid',
        activityRegularizer: klSparsity({ weight: 0.2 * 1000, target: 0.1 }),
      }),
    ],
    decoder: [dense({ units: 784 }), reshape({ shape: [28, 28] })],
    loss: 'meanSquaredError',
  })
  const run = await fit(model, context.data, {
    ...common(context),
    optimizer,
    epochs: context.epochs(20),
    batchSize: 1000,
  })
  return { ...(await errors(run, context.data)), ...results(run) }
}

export default headline({
  name: 'sparse-kl-excelsior',
  edition: 'excelsior',
  data: 'mnist',
  smokeSamples: 1000,
  settings:
    '784-1000-784, sigmoid codes drawn to a mean of 0.1 by a KL divergence of weight 0.2 (200 a batch), linear output, mean squared error; Adam 0.01, batches of 1000, 20 epochs',
  source: 'section "Sparse AutoEncoder"; the figure published is of the last training batch',
  published: { train_mse: 0.01729 },
  tolerance: { train_mse: 0.001 },
  remark:
    'Error and penalty pull apart: the whole loss of the last epoch is 0.027 with the best settings and 0.054 with the published ones.',
  run: (context) => train(context, adam({ learningRate: 0.01 })),
  bestSettings: 'Adam with a tenth of the rate in the last two epochs',
  best: (context) => {
    const learningRate = piecewiseSchedule({ unit: 'epochs', boundaries: [18], values: [0.01, 0.001] })
    return train(context, adam({ learningRate }))
  },
})
