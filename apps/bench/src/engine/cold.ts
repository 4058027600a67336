// One epoch of the sparse model from a cold start, by the ways of the command line: dataset from disk, verified;
// backend probed; fit. Prints one line of JSON when the epoch is over.
import { compiler } from '@sandglass/compiler'
import { core, createRegistry, type ModelSpec } from '@sandglass/core'
import { nodeDatasets } from '@sandglass/datasets/node'
import { regularizers } from '@sandglass/regularizers'
import { fit, trainer } from '@sandglass/trainer'
import { sparse } from '../workloads/sparse'

const registry = createRegistry([core, regularizers, nodeDatasets, trainer, compiler])
const { train, provenance } = await registry.build('dataset', {
  type: 'fashionMnist',
  validation: 5000,
  fallback: 'excerpt',
})
const run = fit(sparse.model as unknown as ModelSpec, train, {
  registry,
  backend: registry.build('backend', { type: 'onnxruntime' }),
  optimizer: { type: 'sgd', learningRate: 1 },
  epochs: 1,
  batchSize: 32,
  seed: 42,
})
const { history } = await run
process.stdout.write(
  `${JSON.stringify({
    loss: history.at(-1)!.loss,
    samples: train.size,
    data: provenance ?? train.name,
    peakKiB: process.resourceUsage().maxRSS,
  })}\n`,
)
process.exit(0)
