// Tied weights: the decoder uses the kernels of the encoder, transposed, with biases of its own.
import {
  autoencoder,
  dense,
  fit,
  flatten,
  type InitializerSpec,
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
      dense({ units: 30, activation: 'relu', kernelInitializer }),
    ],
    decoder: [
      dense({ units: 100, activation: 'relu', tiedTo: 'encoder/2' }),
      dense({ units: 784, tiedTo: 'encoder/1' }),
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
  name: 'tied-ml3',
  edition: 'ml3',
  data: 'fashion-mnist',
  settings:
    '784-100-30-100-784 with tied kernels, ReLU and linear, mean squared error; Nadam 0.001, batches of 32, 10 epochs',
  source: 'section "Tying Weights"',
  published: { val_loss: 0.0133 },
  run: (context) => train(context, nadam()),
  bestSettings: 'orthogonal kernels; Nadam, from 0 to 0.004 in one epoch, then to 0 along a cosine',
  best: (context) => train(context, nadam({ learningRate: warmedCosine(0.004) }), 'orthogonal'),
})
