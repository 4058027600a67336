// Greedy layer-wise training with ReLU: an autoencoder for the pixels, another for its codings, then both as one.
import {
  autoencoder,
  dense,
  fitGreedy,
  flatten,
  type InitializerSpec,
  nadam,
  type OptimizerSpec,
  reshape,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, results } from './frame/results'
import { warmedCosine } from './frame/schedules'

async function train(context: RunContext, rates: OptimizerSpec[], kernelInitializer?: InitializerSpec) {
  const hidden = (units: number) => dense({ units, activation: 'relu', kernelInitializer })
  const model = autoencoder({
    encoder: [flatten(), hidden(100), hidden(30)],
    decoder: [hidden(100), dense({ units: 784 }), reshape({ shape: [28, 28] })],
    loss: 'meanSquaredError',
  })
  const [first, second, last] = rates
  const { stages, fineTuned } = await fitGreedy(model, context.data, {
    ...common(context),
    epochs: context.epochs(10),
    batchSize: 32,
    stages: [{ optimizer: first }, { optimizer: second }],
    fineTune: { optimizer: last, epochs: context.epochs(5) },
  })
  const [outer, inner] = stages.map(({ history }) => history.at(-1)!)
  return { ae1_val_loss: outer!.val_loss!, ae2_val_loss: inner!.val_loss!, ...results(fineTuned!) }
}

export default headline({
  name: 'greedy-ml3',
  edition: 'ml3',
  data: 'fashion-mnist',
  settings:
    '784-100-784, ReLU and linear, mean squared error, Nadam 0.0005, 10 epochs (`ae1`); 100-30-100 on its codings, ReLU, Nadam 0.005, 10 epochs (`ae2`); both stacked, Nadam 0.001, 5 epochs; batches of 32',
  source: 'section "Training One Autoencoder at a Time"',
  published: { ae1_val_loss: 0.0089, ae2_val_loss: 0.0516, val_loss: 0.0133 },
  remark:
    'Keras 3.15 gives 0.050, 0.064 and 0.114 for `ae2` with seeds 42 to 44, since the scale of codings goes with the seed, and 0.0151, 0.0145 and 0.0147 for both.',
  run: (context) =>
    train(
      context,
      [0.0005, 0.005, 0.001].map((learningRate) => nadam({ learningRate })),
    ),
  bestSettings: 'orthogonal kernels; Nadam, each time from 0 to 0.004 in one epoch, then to 0 along a cosine',
  best: (context) =>
    train(context, Array(3).fill(nadam({ learningRate: warmedCosine(0.004) })), 'orthogonal'),
})
