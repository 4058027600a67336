// Greedy layer-wise training in phases over one model: the outer layers, then the inner ones, the outer ones frozen.
import {
  adam,
  autoencoder,
  dense,
  fitGreedy,
  flatten,
  type GreedyOptions,
  l2,
  type OptimizerSpec,
  reshape,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common } from './frame/results'
import { warmedCosine } from './frame/schedules'

interface Settings extends Pick<GreedyOptions, 'procedure' | 'cache'> {
  /** Half the published one: TensorFlow 1 halves the sum of squares. */
  penalty: number
  optimizer: OptimizerSpec
}

export async function train(context: RunContext, { penalty, ...settings }: Settings) {
  const kernelRegularizer = penalty ? l2({ l2: penalty }) : undefined
  const layer = (units: number, activation: 'elu' | 'linear') =>
    dense({ units, activation, kernelInitializer: 'heNormal', kernelRegularizer })
  const model = autoencoder({
    encoder: [flatten(), layer(300, 'elu'), layer(150, 'elu')],
    decoder: [layer(300, 'elu'), layer(784, 'linear'), reshape({ shape: [28, 28] })],
    loss: 'meanSquaredError',
  })
  const { data } = context
  const epochs = context.epochs(4)
  const run = await fitGreedy(model, data, { ...common(context), ...settings, epochs, batchSize: 150 })
  const [first, second] = run.stages.map(({ history }) => history.at(-1)!.reconstruction!)
  const { reconstruction } = await run.model.evaluate(data.test!)
  run.model.dispose()
  return { phase1_mse: first!, phase2_mse: second!, test_mse: reconstruction! }
}

export const published = adam({ learningRate: 0.01 })
export const best = { penalty: 2e-5, optimizer: adam({ learningRate: warmedCosine(0.006) }) }
export const bestSettings =
  'L2 0.00004; Adam, each phase from 0 to 0.006 in one epoch, then to 0 along a cosine'

export default headline({
  name: 'greedy-excelsior',
  edition: 'excelsior',
  data: 'mnist',
  settings:
    '784-300-150-300-784, ELU and linear, He normal, L2 0.0001, mean squared error; one model, two phases of 4 epochs, Adam 0.01, batches of 150',
  source:
    'section "Training one autoencoder at a time in a single graph"; phases are those of the last batch',
  published: { phase1_mse: 0.0078, phase2_mse: 0.00308, test_mse: 0.010267 },
  run: (context) =>
    train(context, { procedure: 'phases', cache: false, penalty: 5e-5, optimizer: published }),
  bestSettings,
  best: (context) => train(context, { procedure: 'phases', ...best }),
})
