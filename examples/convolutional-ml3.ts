// A convolutional autoencoder whose code is 30 numbers: the means of 30 channels.
import {
  autoencoder,
  conv2d,
  conv2dTranspose,
  dense,
  fit,
  flatMap,
  globalAveragePooling2d,
  type InitializerSpec,
  maxPooling2d,
  nadam,
  type OptimizerSpec,
  reshape,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, results } from './frame/results'
import { warmedCosine } from './frame/schedules'

async function train(context: RunContext, optimizer: OptimizerSpec, kernelInitializer?: InitializerSpec) {
  const conv = (filters: number) =>
    conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', kernelInitializer })
  const shrink = (filters: number) => [conv(filters), maxPooling2d({ poolSize: 2 })]
  const enlarge = (filters: number, padding: 'same' | 'valid', activation: 'relu' | 'linear') =>
    conv2dTranspose({ filters, kernelSize: 3, strides: 2, padding, activation, kernelInitializer })

  const model = autoencoder({
    encoder: [
      reshape({ shape: [28, 28, 1] }),
      ...[16, 32, 64].flatMap(shrink),
      conv(30),
      globalAveragePooling2d(),
    ],
    decoder: [
      dense({ units: 3 * 3 * 16 }),
      reshape({ shape: [3, 3, 16] }),
      enlarge(32, 'valid', 'relu'),
      enlarge(16, 'same', 'relu'),
      enlarge(1, 'same', 'linear'),
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
  name: 'convolutional-ml3',
  edition: 'ml3',
  data: 'fashion-mnist',
  settings:
    'convolutions 16, 32, 64, 30 of 3 × 3 with pooling, global average pooling; dense 144, transposed 32, 16, 1 with stride 2; ReLU and linear, mean squared error; Nadam 0.001, batches of 32, 10 epochs',
  source: 'section "Convolutional Autoencoders"',
  published: { val_loss: 0.0121 },
  run: (context) => train(context, nadam()),
  bestSettings: 'Nadam, from 0 to 0.002 in one epoch, then to 0 along a cosine',
  best: (context) => train(context, nadam({ learningRate: warmedCosine(0.002) })),
})
