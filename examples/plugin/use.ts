// The plugin of this folder, used from TypeScript: what README.md does at the command line.
import { adam, autoencoder, defaultRegistry, dense, fit, fitSampler, sample } from 'sandglass'
import plugin, { adversarial, maxout, orthogonal, parzen, reached } from 'sandglass-plugin-rings'

const registry = defaultRegistry({ plugins: [plugin] })
const data = await registry.build('dataset', { type: 'rings/rings', size: 400 })

// A layer and a regularizer among those of Sandglass.
const plain = await fit(
  autoencoder({
    encoder: [maxout({ units: 8 }), dense({ units: 1, kernelRegularizer: orthogonal({ weight: 0.01 }) })],
    decoder: [maxout({ units: 8, pieces: 3 }), dense({ units: 2 })],
  }),
  data,
  { registry, optimizer: adam({ learningRate: 0.01 }), epochs: 20, batchSize: 20 },
)
console.log('plain', plain.history.length, plain.history.at(-1)!.val_loss)
plain.model.dispose()

// A model of two objectives by its own plan, ended by a callback.
const model = adversarial({
  latent: 2,
  encoder: [maxout({ units: 16 })],
  decoder: [dense({ units: 16, activation: 'tanh' }), dense({ units: 2 })],
  critic: [dense({ units: 16, activation: 'tanh' })],
})
const run = await fit(model, data, {
  registry,
  epochs: 200,
  batchSize: 20,
  callbacks: [reached({ value: 0.01 })],
})
console.log('adversarial', run.stopped, run.history.at(-1)!.val_autoencoder_reconstruction)

// A sampler, fitted to the codes of data.
await fitSampler(run.model, parzen({ bandwidth: 0.2 }), { data: data.train })
const samples = await sample(run.model, { size: 5, seed: 1 })
console.log('samples', samples.shape.join(' × '))
run.model.dispose()
