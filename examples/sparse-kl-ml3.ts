// A sparse autoencoder: 300 units, each active for a tenth of the pictures.
import {
  autoencoder,
  dense,
  fit,
  flatten,
  type InitializerSpec,
  klSparsity,
  nadam,
  type OptimizerSpec,
  reshape,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, results } from './frame/results'
import { warmedCosine } from './frame/schedules'

async function train(context: RunContext, optimizer: OptimizerSpec, kernelInitializer?: InitializerSpec) {
  const model = autoencoder({
    encoder: [
      flatten(),
      dense({ units: 100, activation: 'relu', kernelInitializer }),
      dense({
        units: 300,
        activation: 'sigmoid',
        kernelInitializer,
        activityRegularizer: klSparsity({ weight: 0.005, target: 0.1 }),
      }),
    ],
    decoder: [
      dense({ units: 100, activation: 'relu', kernelInitializer }),
      dense({ units: 784 }),
      reshape({ shape: [28, 28] }),
    ],
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
  name: 'sparse-kl-ml3',
  edition: 'ml3',
  data: 'fashion-mnist',
  settings:
    '784-100-300-100-784 with sigmoid codes drawn to a mean of 0.1 by a KL divergence of weight 0.005, ReLU and linear, mean squared error; Nadam 0.001, batches of 32, 10 epochs',
  source: 'section "Sparse Autoencoders"',
  published: { val_loss: 0.0099 },
  run: (context) => train(context, nadam()),
  bestSettings: 'orthogonal kernels; Nadam, from 0 to 0.004 in one epoch, then to 0 along a cosine',
  best: (context) => train(context, nadam({ learningRate: warmedCosine(0.004) }), 'orthogonal'),
})
