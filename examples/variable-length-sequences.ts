// Sequences of various lengths: pictures as rows that end with the last one that is not blank. A mask says which count.
import {
  autoencoder,
  createDataset,
  type Dataset,
  dense,
  fit,
  joinFields,
  lstm,
  nadam,
  type OptimizerSpec,
  readField,
  repeatVector,
} from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, results } from './frame/results'
import { warmedCosine } from './frame/schedules'

/** The same pictures with a mask, `[28]`: 1 for each row up to the last that is not blank. */
async function sequences(dataset: Dataset): Promise<Dataset> {
  const { size } = dataset
  const { shape, data } = await readField(dataset, 'input')
  const [, steps, width] = shape as [number, number, number]
  const mask = new Uint8Array(size * steps)
  for (let i = 0; i < size; i++) {
    const picture = data.subarray(i * steps * width, (i + 1) * steps * width)
    const last = picture.findLastIndex((value) => value !== 0)
    mask.fill(1, i * steps, i * steps + Math.floor(last / width) + 1)
  }
  return joinFields(dataset, createDataset('masks', { mask: { shape: [steps], data: mask } }))
}

async function train(context: RunContext, optimizer: OptimizerSpec) {
  const { train, validation } = context.data
  const model = autoencoder({
    encoder: [lstm({ units: 100, returnSequences: true }), lstm({ units: 30 })],
    decoder: [repeatVector({ n: 28 }), lstm({ units: 100, returnSequences: true }), dense({ units: 28 })],
  })
  const run = await fit(
    model,
    { train: await sequences(train), validation: await sequences(validation!) },
    { ...common(context), optimizer, epochs: context.epochs(10), batchSize: 32 },
  )
  return results(run)
}

export default headline({
  name: 'variable-length-sequences',
  edition: 'own',
  data: 'fashion-mnist',
  settings:
    'LSTM 100, LSTM 30, repeated 28 times, LSTM 100, dense 28, mean squared error over the rows that count; Nadam 0.001, batches of 32, 10 epochs',
  source: 'the model of recurrent-ml3; no figure was published for sequences without their blank ends',
  published: {},
  run: (context) => train(context, nadam()),
  bestSettings: 'Nadam, from 0 to 0.002 in one epoch, then to 0 along a cosine',
  best: (context) => train(context, nadam({ learningRate: warmedCosine(0.002) })),
})
