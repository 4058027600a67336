// A sparse autoencoder: 300 units whose activity costs its L1 norm.
import {
  activityRegularization,
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
      dense({ units: 300, activation: 'sigmoid', kernelInitializer }),
      activityRegularization({ l1: 0.001 }),
    ],
    decoder: [
      dense({ units: 100, activation: 'selu', kernelInitializer }),
      dense({ units: 784, activation: 'sigmoid' }),
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
  name: 'sparse-l1-ml2',
  edition: 'ml2',
  data: 'fashion-mnist',
  settings:
    '784-100-300-100-784 with sigmoid codes and activity regularization L1 0.001, SELU and sigmoid, binary crossentropy; SGD 1, batches of 32, 10 epochs',
  source: 'section "Sparse Autoencoders"',
  published: { val_loss: 0.3212 },
  run: (context) => train(context, sgd({ learningRate: 1 })),
  bestSettings: 'LeCun normal; Adam, from 0 to 0.006 in one epoch, then to 0 along a cosine',
  best: (context) => train(context, adam({ learningRate: warmedCosine(0.006) }), 'lecunNormal'),
})
