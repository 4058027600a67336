// A stacked autoencoder: 784 pixels through 30 numbers and back.
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
      dense({ units: 100, activation: 'relu', kernelInitializer }),
      dense({ units: 784 }),
      reshape({ shape: [28, 28] }),
    ],
    loss: 'meanSquaredError',
  })
  const run = await fit(model, context.data, {
    ...common(context),
    optimizer,
    epochs: context.epochs(20),
    batchSize: 32,
  })
  return results(run)
}

export default headline({
  name: 'stacked-ml3',
  edition: 'ml3',
  data: 'fashion-mnist',
  settings: '784-100-30-100-784, ReLU and linear, mean squared error; Nadam 0.001, batches of 32, 20 epochs',
  source: 'section "Stacked Autoencoders"',
  published: { val_loss: 0.0132 },
  remark: 'Seeds differ by how many ReLU codes die; Keras 3.15 gives 0.0133 with seed 42.',
  run: (context) => train(context, nadam()),
  bestSettings: 'orthogonal kernels; Nadam, from 0 to 0.004 in one epoch, then to 0 along a cosine',
  best: (context) => train(context, nadam({ learningRate: warmedCosine(0.004) }), 'orthogonal'),
})
