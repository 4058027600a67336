// A convolutional classifier that has 500 labels and no pretraining: what pretraining-ml2.ts improves on.
import {
  adam,
  classifier,
  conv2d,
  cosineSchedule,
  dense,
  type FitOptions,
  fit,
  flatten,
  maxPooling2d,
  reshape,
  sgd,
  take,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, results } from './frame/results'

interface Settings extends Pick<FitOptions, 'epochs' | 'optimizer' | 'initialWeights'> {
  freezeEncoder?: boolean
}

export function encoder() {
  const options = { kernelSize: 3, padding: 'same', activation: 'selu' } as const
  const stage = (filters: number) => [conv2d({ ...options, filters }), maxPooling2d({ poolSize: 2 })]
  return [reshape({ shape: [28, 28, 1] }), ...stage(16), ...stage(32), ...stage(64)]
}

export async function classify(context: RunContext, { freezeEncoder, ...rest }: Settings) {
  const { train, validation } = context.data
  const few = { train: take(train, Math.min(500, train.size)), validation }
  const hidden = dense({ units: 20, activation: 'selu' })
  const head = [flatten(), hidden, dense({ units: 10, activation: 'softmax' })]
  const model = classifier({ encoder: encoder(), head, freezeEncoder })
  const settings = { ...common(context), ...rest, epochs: context.epochs(rest.epochs) }
  const run = await fit(model, few, { ...settings, metrics: ['sparseCategoricalAccuracy'] })
  const weights = await run.model.weights()
  return { weights, values: { val_accuracy: results(run).val_sparseCategoricalAccuracy! } }
}

const train = async (...args: Parameters<typeof classify>) => (await classify(...args)).values

export default headline({
  name: 'pretraining-none-ml2',
  edition: 'ml2',
  data: 'fashion-mnist',
  settings:
    'convolutions 16, 32, 64 of 3 × 3 with pooling, dense 20 and 10, SELU; first 500 images, SGD 0.02, 20 epochs',
  source: 'section "Unsupervised Pretraining Using Stacked Autoencoders"',
  published: { val_accuracy: 0.7374 },
  run: (context) => train(context, { epochs: 20, optimizer: sgd({ learningRate: 0.02 }) }),
  bestSettings: 'Adam, from 0.002 to 0 along a cosine',
  best: (context) => {
    const optimizer = adam({ learningRate: cosineSchedule({ initial: 0.002 }) })
    return train(context, { epochs: 20, optimizer })
  },
})
