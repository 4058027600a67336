// A convolutional autoencoder: 28 × 28 pixels to 3 × 3 of 64 channels and back.
import {
  adam,
  autoencoder,
  conv2d,
  conv2dTranspose,
  fit,
  type InitializerSpec,
  maxPooling2d,
  type OptimizerSpec,
  reshape,
  sgd,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, results } from './frame/results'
import { warmedCosine } from './frame/schedules'

async function train(context: RunContext, optimizer: OptimizerSpec, kernelInitializer?: InitializerSpec) {
  const conv = (filters: number) =>
    conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'selu', kernelInitializer })
  const shrink = (filters: number) => [conv(filters), maxPooling2d({ poolSize: 2 })]
  const enlarge = (filters: number, padding: 'same' | 'valid', activation: 'selu' | 'sigmoid') =>
    conv2dTranspose({ filters, kernelSize: 3, strides: 2, padding, activation, kernelInitializer })

  const model = autoencoder({
    encoder: [reshape({ shape: [28, 28, 1] }), ...[16, 32, 64].flatMap(shrink)],
    decoder: [
      enlarge(32, 'valid', 'selu'),
      enlarge(16, 'same', 'selu'),
      enlarge(1, 'same', 'sigmoid'),
      reshape({ shape: [28, 28] }),
    ],
    loss: 'binaryCrossentropy',
  })
  const run = await fit(model, context.data, {
    ...common(context),
    optimizer,
    epochs: context.epochs(5),
    batchSize: 32,
    metrics: ['roundedAccuracy'],
  })
  return results(run)
}

export default headline({
  name: 'convolutional-ml2',
  edition: 'ml2',
  data: 'fashion-mnist',
  settings:
    'C16-C32-C64 of 3 × 3 with pooling, CT32-CT16-CT1 with stride 2, SELU and sigmoid, binary crossentropy; SGD 1, batches of 32, 5 epochs',
  source: 'section "Convolutional Autoencoders"',
  published: { val_loss: 0.2671 },
  run: (context) => train(context, sgd({ learningRate: 1 })),
  bestSettings: 'LeCun normal; Adam, from 0 to 0.01 in one epoch, then to 0 along a cosine',
  best: (context) => train(context, adam({ learningRate: warmedCosine(0.01) }), 'lecunNormal'),
})
