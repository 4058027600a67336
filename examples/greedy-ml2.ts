// Greedy layer-wise training: an autoencoder for the pixels, another for its codings, then both as one.
import {
  adam,
  autoencoder,
  dense,
  fitGreedy,
  flatten,
  type InitializerSpec,
  type OptimizerSpec,
  reshape,
  sgd,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, results } from './frame/results'
import { warmedCosine } from './frame/schedules'

const descent = (learningRate: number) => sgd({ learningRate })

async function train(context: RunContext, rates: OptimizerSpec[], kernelInitializer?: InitializerSpec) {
  const hidden = (units: number) => dense({ units, activation: 'selu', kernelInitializer })
  const model = autoencoder({
    encoder: [flatten(), hidden(100), hidden(30)],
    decoder: [hidden(100), dense({ units: 784, activation: 'sigmoid' }), reshape({ shape: [28, 28] })],
    loss: 'binaryCrossentropy',
  })
  const [first, second, last] = rates
  const { stages, fineTuned } = await fitGreedy(model, context.data, {
    ...common(context),
    epochs: context.epochs(10),
    batchSize: 32,
    metrics: ['roundedAccuracy'],
    stages: [{ optimizer: first }, { optimizer: second, metrics: [] }],
    fineTune: { optimizer: last },
  })
  const [outer, inner] = stages.map(({ history }) => history.at(-1)!)
  const ae1 = { ae1_val_loss: outer!.val_loss!, ae1_val_roundedAccuracy: outer!.val_roundedAccuracy! }
  return { ...ae1, ae2_val_loss: inner!.val_loss!, ...results(fineTuned!) }
}

export default headline({
  name: 'greedy-ml2',
  edition: 'ml2',
  data: 'fashion-mnist',
  settings:
    '784-100-784, SELU and sigmoid, binary crossentropy, SGD 1.5 (`ae1`); 100-30-100 on its codings, mean squared error, SGD 0.05 (`ae2`); both stacked, SGD 0.1; 10 epochs each, batches of 32',
  source: 'section "Training one Autoencoder at a Time"',
  published: {
    ...{ ae1_val_loss: 0.2781, ae1_val_roundedAccuracy: 0.9462, ae2_val_loss: 0.1687 },
    ...{ val_loss: 0.2857, val_roundedAccuracy: 0.9371 },
  },
  remark:
    'Errors of `ae2` are of codings, whose scale goes with the seed: Keras 3.15 gives 0.168, 0.177 and 0.182 with seeds 42 to 44.',
  run: (context) => train(context, [1.5, 0.05, 0.1].map(descent)),
  bestSettings:
    'LeCun normal; SGD with 3 (`ae1`), then Adam with 0.002, each time from 0 in one epoch, then to 0 along a cosine',
  best: (context) => {
    const later = adam({ learningRate: warmedCosine(0.002) })
    return train(context, [sgd({ learningRate: warmedCosine(3) }), later, later], 'lecunNormal')
  },
})
