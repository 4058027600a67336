// An autoencoder of digits, then a softmax layer on its code, both trained on with the labels.
import {
  adam,
  autoencoder,
  classifier,
  concat,
  cosineSchedule,
  dense,
  dropout,
  encoderWeights,
  fit,
  flatten,
  type OptimizerSpec as Optimizer,
  randomNormal,
  reshape,
  rmsprop,
  sgd,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common } from './frame/results'

type Options = Omit<Parameters<typeof dense>[0], 'units'>

async function train(context: RunContext, noise: number, options: Options, first: Optimizer, second = first) {
  const { train, validation, test } = context.data
  const images = concat([train, validation!])
  const layer = (units: number) => dense({ units, ...options })
  const encoder = [flatten(), dropout({ rate: noise }), layer(128), layer(64)]
  const decoder = [layer(128), dense({ units: 784, activation: 'sigmoid' }), reshape({ shape: [28, 28] })]
  const head = [dense({ units: 10, activation: 'softmax', kernelInitializer: 'zeros' })]
  const settings = { ...common(context), batchSize: Math.min(256, images.size) }
  const unsupervised = { ...settings, optimizer: first, epochs: context.epochs(100) }
  const { model: pretrained } = await fit(autoencoder({ encoder, decoder }), images, unsupervised)
  const initialWeights = encoderWeights(await pretrained.weights())
  const metrics = ['sparseCategoricalAccuracy' as const]
  const supervised = { ...settings, optimizer: second, epochs: context.epochs(200), initialWeights, metrics }
  const { model } = await fit(classifier({ encoder, head }), images, supervised)
  const { sparseCategoricalAccuracy } = await model.evaluate(test!)
  for (const each of [pretrained, model]) each.dispose()
  return { test_accuracy: sparseCategoricalAccuracy! }
}

const normal = randomNormal({ stddev: 1 })
const falling = adam({ learningRate: cosineSchedule({ initial: 0.002 }) })
const random: Options = { activation: 'sigmoid', kernelInitializer: normal, biasInitializer: normal }
const relu: Options = { activation: 'relu', kernelInitializer: 'heNormal' }

export default headline({
  name: 'softmax-classifier-solaris',
  edition: 'solaris',
  data: 'mnist',
  settings:
    '784-128-64-128-784, sigmoid, weights and biases from N(0, 1), mean squared error, RMSprop 0.02, 100 epochs; then softmax on the code, SGD 0.5, 200 epochs of all; batches of 256',
  source: 'mnist_classification_using_autoencoder_and_softmax_classifier.py, a comment: "about 96 %"',
  published: { test_accuracy: 0.96 },
  run: (context) => train(context, 0, random, rmsprop({ learningRate: 0.02 }), sgd({ learningRate: 0.5 })),
  bestSettings:
    'ReLU, He normal; a fifth of the pixels dropped; Adam, 0.002 to 0 along a cosine; 30 + 60 epochs',
  best: (c) => train({ ...c, epochs: (count) => c.epochs(0.3 * count) }, 0.2, relu, falling),
})
