// Pretraining of digits, as the book's first edition has it: 20,000 labels, an encoder trained in phases.
import {
  adam,
  autoencoder,
  classifier,
  dense,
  encoderWeights,
  fit,
  fitGreedy,
  flatten,
  type HostRecord,
  l2,
  type OptimizerSpec,
  reshape,
  take,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common } from './frame/results'
import { warmedCosine } from './frame/schedules'

/** `penalties` are half the published ones: TensorFlow 1 halves the sum of squares. */
async function train(context: RunContext, optimizer: OptimizerSpec, [first, second]: [number, number]) {
  const { train, test } = context.data
  const few = take(train, Math.min(20_000, train.size))
  const settings = { ...common(context), optimizer, epochs: context.epochs(4), batchSize: 150 }
  const layer = (units: number, penalty: number, activation: 'elu' | 'linear' | 'softmax' = 'elu') =>
    dense({ units, activation, kernelInitializer: 'heNormal', kernelRegularizer: l2({ l2: penalty }) })
  const encoder = (penalty: number) => [flatten(), layer(300, penalty), layer(150, penalty)]

  async function classify(initialWeights?: HostRecord) {
    const model = classifier({ encoder: encoder(second), head: [layer(10, second, 'softmax')] })
    const metrics = ['sparseCategoricalAccuracy' as const]
    const run = await fit(model, few, { ...settings, metrics, initialWeights })
    const { sparseCategoricalAccuracy } = await run.model.evaluate(test!)
    run.model.dispose()
    return sparseCategoricalAccuracy!
  }

  const decoder = [layer(300, first), layer(784, first, 'linear'), reshape({ shape: [28, 28] })]
  const model = autoencoder({ encoder: encoder(first), decoder })
  const { model: pretrained } = await fitGreedy(model, train, { ...settings, procedure: 'phases' })
  const weights = encoderWeights(await pretrained.weights())
  pretrained.dispose()
  return { none_test_accuracy: await classify(), test_accuracy: await classify(weights) }
}

export default headline({
  name: 'pretraining-ml1',
  edition: 'ml1',
  data: 'mnist',
  smokeSamples: 300,
  settings:
    '784-300-150-10, ELU, He, L2 0.0005, 20,000 labels; encoder from greedy-cached-ml1 or drawn (`none`); Adam 0.01, batches of 150, 4 epochs',
  source: 'section "Unsupervised Pretraining", where it did not help; the L2 is from memory of the book',
  published: { none_test_accuracy: 0.9403, test_accuracy: 0.933 },
  run: (context) => train(context, adam({ learningRate: 0.01 }), [5e-5, 2.5e-4]),
  bestSettings: 'no L2; Adam, each time from 0 to 0.003 in one epoch, then to 0 along a cosine',
  best: (context) => train(context, adam({ learningRate: warmedCosine(0.003) }), [0, 0]),
})
