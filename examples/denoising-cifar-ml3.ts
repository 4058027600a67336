// A denoising autoencoder of photographs: a convolution, a code of 512, and back.
import {
  autoencoder,
  conv2d,
  conv2dTranspose,
  dense,
  fit,
  flatten,
  gaussianNoise,
  maxPooling2d,
  nadam,
  type OptimizerSpec,
  reshape,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, results } from './frame/results'
import { warmedCosine } from './frame/schedules'

async function train(context: RunContext, optimizer: OptimizerSpec) {
  const size = { kernelSize: 3, padding: 'same' } as const
  const model = autoencoder({
    encoder: [
      gaussianNoise({ stddev: 0.1 }),
      conv2d({ filters: 32, ...size, activation: 'relu' }),
      maxPooling2d(),
      flatten(),
      dense({ units: 512, activation: 'relu' }),
    ],
    decoder: [
      dense({ units: 16 * 16 * 32, activation: 'relu' }),
      reshape({ shape: [16, 16, 32] }),
      conv2dTranspose({ filters: 3, ...size, strides: 2, activation: 'sigmoid' }),
    ],
    loss: 'binaryCrossentropy',
  })
  const run = await fit(model, context.data, {
    ...common(context),
    optimizer,
    epochs: context.epochs(10),
    batchSize: 32,
    metrics: ['meanSquaredError'],
  })
  return results(run)
}

export default headline({
  name: 'denoising-cifar-ml3',
  edition: 'ml3',
  data: 'cifar10',
  settings:
    'Gaussian noise 0.1, C32 of 3 × 3 with pooling, dense 512, dense 8192, CT3 with stride 2, ReLU and sigmoid, binary crossentropy; Nadam 0.001, batches of 32, 10 epochs; the test images validate',
  source: 'exercise on CIFAR-10',
  published: { val_loss: 0.5639, val_meanSquaredError: 0.0061 },
  run: (context) => train(context, nadam()),
  bestSettings: 'Nadam, from 0 to 0.001 in one epoch, then to 0 along a cosine',
  best: (context) => train(context, nadam({ learningRate: warmedCosine(0.001) })),
})
