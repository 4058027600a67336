// Tied weights: the decoder uses the kernels of the encoder, transposed, with biases of its own.
import {
  adam,
  autoencoder,
  dense,
  fit,
  flatten,
  type InitializerSpec,
  type OptimizerSpec,
  reshape,
  sgd,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, results } from './frame/results'
import { warmedCosine } from './frame/schedules'

async function train(context: RunContext, optimizer: OptimizerSpec, kernelInitializer?: InitializerSpec) {
  const model = autoencoder({
    encoder: [
      flatten(),
      dense({ units: 100, activation: 'selu', kernelInitializer }),
      dense({ units: 30, activation: 'selu', kernelInitializer }),
    ],
    decoder: [
      dense({ units: 100, activation: 'selu', tiedTo: 'encoder/2' }),
      dense({ units: 784, activation: 'sigmoid', tiedTo: 'encoder/1' }),
      reshape({ shape: [28, 28] }),
    ],
    loss: 'binaryCrossentropy',
  })
  const run = await fit(model, context.data, {
    ...common(context),
    optimizer,
    epochs: context.epochs(10),
    batchSize: 32,
    metrics: ['roundedAccuracy'],
  })
  return results(run)
}

export default headline({
  name: 'tied-ml2',
  edition: 'ml2',
  data: 'fashion-mnist',
  settings:
    '784-100-30-100-784 with tied kernels, SELU and sigmoid, binary crossentropy; SGD 1.5, batches of 32, 10 epochs',
  source: 'section "Tying Weights"',
  published: { val_loss: 0.2839, val_roundedAccuracy: 0.9338 },
  run: (context) => train(context, sgd({ learningRate: 1.5 })),
  bestSettings: 'LeCun normal; Adam, from 0 to 0.005 in one epoch, then to 0 along a cosine',
  best: (context) => train(context, adam({ learningRate: warmedCosine(0.005) }), 'lecunNormal'),
})
