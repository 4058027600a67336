// Unsupervised pretraining: an autoencoder sees all pictures, then its encoder helps a classifier that has 500 labels.
import {
  adam,
  autoencoder,
  conv2dTranspose,
  cosineSchedule,
  encoderWeights,
  fit,
  type OptimizerSpec,
  reshape,
  sgd,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common } from './frame/results'
import { warmedCosine } from './frame/schedules'
import { classify, encoder } from './pretraining-none-ml2'

async function train(context: RunContext, first: OptimizerSpec, second: OptimizerSpec, third = second) {
  const options = { kernelSize: 3, strides: 2, padding: 'same', activation: 'selu' } as const
  const decoder = [
    conv2dTranspose({ ...options, filters: 32, padding: 'valid' }),
    conv2dTranspose({ ...options, filters: 16 }),
    conv2dTranspose({ ...options, filters: 1, activation: 'sigmoid' }),
    reshape({ shape: [28, 28] }),
  ]
  const model = autoencoder({ encoder: encoder(), decoder, loss: 'binaryCrossentropy' })
  const settings = { ...common(context), optimizer: first, epochs: context.epochs(5) }
  const { model: trained } = await fit(model, context.data, settings)
  const initialWeights = encoderWeights(await trained.weights())
  trained.dispose()

  const head = { initialWeights, freezeEncoder: true, optimizer: second, epochs: 30 }
  const { weights, values: frozen } = await classify(context, head)
  const all = { initialWeights: weights, optimizer: third, epochs: 20 }
  const { values: tuned } = await classify(context, all)
  return { frozen_val_accuracy: frozen.val_accuracy, ...tuned }
}

const slow = sgd({ learningRate: 0.02 })
const falling = (initial: number) => adam({ learningRate: cosineSchedule({ initial }) })

export default headline({
  name: 'pretraining-ml2',
  edition: 'ml2',
  data: 'fashion-mnist',
  settings:
    'the encoder of convolutional-ml2 (SGD 1, 5 epochs), dense 20 and 10; first 500 images, SGD 0.02, 30 epochs of the head alone (`frozen`), then 20 of all',
  source: 'section "Unsupervised Pretraining Using Stacked Autoencoders"',
  published: { frozen_val_accuracy: 0.7244, val_accuracy: 0.7902 },
  run: (context) => train(context, sgd({ learningRate: 1 }), slow),
  bestSettings:
    'Adam, rates that fall to 0 along cosines: autoencoder 0.005 after an epoch of warm-up, head 0.003, all 0.001',
  best: (context) =>
    train(context, adam({ learningRate: warmedCosine(0.005) }), falling(0.003), falling(0.001)),
})
