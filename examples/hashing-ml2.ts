// Semantic hashing: noise before the codes makes them binary, 16 bits a picture.
import {
  adam,
  autoencoder,
  dense,
  fit,
  flatten,
  gaussianNoise,
  type OptimizerSpec,
  reshape,
  sgd,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, results } from './frame/results'
import { warmedCosine } from './frame/schedules'

async function train(context: RunContext, optimizer: OptimizerSpec) {
  const model = autoencoder({
    encoder: [
      flatten(),
      dense({ units: 100, activation: 'selu' }),
      gaussianNoise({ stddev: 15 }),
      dense({ units: 16, activation: 'sigmoid' }),
    ],
    decoder: [
      dense({ units: 100, activation: 'selu' }),
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
  name: 'hashing-ml2',
  edition: 'ml2',
  data: 'fashion-mnist',
  settings:
    '784-100-16-100-784, Gaussian noise 15 before the sigmoid codes, SELU and sigmoid, binary crossentropy; SGD 1, batches of 32, 10 epochs',
  source: 'section "Hashing Using a Binary Autoencoder"',
  published: { val_loss: 0.4002 },
  run: (context) => train(context, sgd({ learningRate: 1 })),
  bestSettings: 'Adam, from 0 to 0.01 in one epoch, then to 0 along a cosine',
  best: (context) => train(context, adam({ learningRate: warmedCosine(0.01) })),
})
