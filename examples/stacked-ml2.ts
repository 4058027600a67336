// The textbook's stacked autoencoder: 784 pixels through 30 numbers and back.
import {
  adam,
  autoencoder,
  cosineSchedule,
  dense,
  fit,
  flatten,
  type InitializerSpec,
  type OptimizerSpec,
  reshape,
  roundedAccuracy,
  sgd,
  warmUpSchedule,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { progress, results } from './frame/results'

export const model = (kernelInitializer?: InitializerSpec) =>
  autoencoder({
    encoder: [
      flatten(),
      dense({ units: 100, activation: 'selu', kernelInitializer }),
      dense({ units: 30, activation: 'selu', kernelInitializer }),
    ],
    decoder: [
      dense({ units: 100, activation: 'selu', kernelInitializer }),
      dense({ units: 784, activation: 'sigmoid' }),
      reshape({ shape: [28, 28] }),
    ],
    loss: 'binaryCrossentropy',
  })

async function train(
  { data, ...context }: RunContext,
  spec: ReturnType<typeof model>,
  optimizer: OptimizerSpec,
) {
  const { seed, backend } = context
  const metrics = [roundedAccuracy()]
  const epochs = context.epochs(20)
  const callbacks = [progress(context)]
  return results(
    await fit(spec, data, { optimizer, epochs, batchSize: 32, metrics, seed, backend, callbacks }),
  )
}

export default headline({
  name: 'stacked-ml2',
  edition: 'ml2',
  data: 'fashion-mnist',
  settings: '784-100-30-100-784, SELU and sigmoid, BCE; SGD 1.5, 20 epochs of batches of 32',
  source: 'Géron, Hands-On Machine Learning, 2nd ed., ch. 17, "Stacked Autoencoder Using Keras"',
  published: { val_loss: 0.2835, val_roundedAccuracy: 0.937 },
  run: (context) => train(context, model(), sgd({ learningRate: 1.5 })),
  bestSettings: 'LeCun normal; Adam, warm-up in 1 epoch to 0.002, then cosine to 0',
  best: (context) =>
    train(
      context,
      model('lecunNormal'),
      adam({ learningRate: warmUpSchedule({ epochs: 1, to: cosineSchedule({ initial: 0.002 }) }) }),
    ),
})
