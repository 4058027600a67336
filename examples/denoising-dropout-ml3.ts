// A denoising autoencoder: half of the pixels are dropped while training, none afterwards.
import {
  autoencoder,
  dense,
  dropout,
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
      dropout({ rate: 0.5 }),
      dense({ units: 100, activation: 'relu', kernelInitializer }),
      dense({ units: 30, activation: 'relu', kernelInitializer }),
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
  name: 'denoising-dropout-ml3',
  edition: 'ml3',
  data: 'fashion-mnist',
  settings:
    'dropout 0.5, 784-100-30-100-784, ReLU and linear, mean squared error; Nadam 0.001, batches of 32, 10 epochs',
  source: 'section "Denoising Autoencoders"',
  published: { val_loss: 0.0166 },
  run: (context) => train(context, nadam()),
  bestSettings: 'orthogonal kernels; Nadam, from 0 to 0.004 in one epoch, then to 0 along a cosine',
  best: (context) => train(context, nadam({ learningRate: warmedCosine(0.004) }), 'orthogonal'),
})
