// Unsupervised pretraining: an autoencoder sees all pictures, then its encoder helps a classifier that has 500 labels.
import {
  adam,
  autoencoder,
  classifier,
  conv2d,
  conv2dTranspose,
  cosineSchedule,
  dense,
  encoderWeights,
  fit,
  flatten,
  type HostRecord,
  maxPooling2d,
  type OptimizerSpec,
  reshape,
  sgd,
  take,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, results } from './frame/results'
import { warmedCosine } from './frame/schedules'

async function train(context: RunContext, pretraining: OptimizerSpec, optimizer: OptimizerSpec) {
  const { data, epochs } = context
  const few = { ...data, train: take(data.train, Math.min(500, data.train.size)) }
  const pool = maxPooling2d({ poolSize: 2 })
  const conv = (filters: number) => conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'selu' })
  const enlarge = { kernelSize: 3, strides: 2, padding: 'same', activation: 'selu' } as const
  const encoder = [reshape({ shape: [28, 28, 1] }), conv(16), pool, conv(32), pool, conv(64), pool]
  const decoder = [
    conv2dTranspose({ ...enlarge, filters: 32, padding: 'valid' }),
    conv2dTranspose({ ...enlarge, filters: 16 }),
    conv2dTranspose({ ...enlarge, filters: 1, activation: 'sigmoid' }),
    reshape({ shape: [28, 28] }),
  ]
  const head = [flatten(), dense({ units: 20, activation: 'selu' }), dense({ units: 10, activation: 'softmax' })]

  async function classify(freezeEncoder: boolean, count: number, initialWeights?: HostRecord) {
    const options = { ...common(context), optimizer, initialWeights, metrics: ['sparseCategoricalAccuracy'] }
    const run = await fit(classifier({ encoder, head, freezeEncoder }), few, { ...options, epochs: epochs(count) })
    const weights = await run.model.weights()
    return { weights, accuracy: results(run).val_sparseCategoricalAccuracy! }
  }

  const none = await classify(false, 20)
  const model = autoencoder({ encoder, decoder, loss: 'binaryCrossentropy' })
  const run = await fit(model, data, { ...common(context), optimizer: pretraining, epochs: epochs(5) })
  const frozen = await classify(true, 30, encoderWeights(await run.model.weights()))
