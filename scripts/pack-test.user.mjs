// What a stranger does with the installed packages; run by pack-test.mjs in an empty project.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { autoencoder, dense, fashionMnistExcerpt, fit, flatten, klSparsity, reshape, sgd } from 'sandglass'

const { train, validation } = await fashionMnistExcerpt()
const model = autoencoder({
  encoder: [
    flatten(),
    dense({
      units: 8,
      activation: 'sigmoid',
      activityRegularizer: klSparsity({ weight: 0.05, target: 0.1 }),
    }),
  ],
  decoder: [dense({ units: 784, activation: 'sigmoid' }), reshape({ shape: [28, 28] })],
  loss: 'binaryCrossentropy',
})
const run = await fit(
  model,
  { train, validation },
  { optimizer: sgd({ learningRate: 1 }), epochs: 2, batchSize: 32, seed: 42 },
)
const [first, last] = [run.history[0], run.history.at(-1)]
assert(last.val_loss < first.val_loss, 'training makes the loss smaller')
const code = await run.model.encode(validation)
assert.deepEqual([...code.shape], [200, 8])
console.log(
  `trained on ${run.backend.id}: val_loss ${first.val_loss.toFixed(4)}, then ${last.val_loss.toFixed(4)}`,
)

// Every package by itself, as ESM and, where Node can, by require.
const require = createRequire(import.meta.url)
for (const name of ['core', 'regularizers', 'tasks', 'datasets', 'trainer', 'compiler', 'testing'].map(
  (n) => `@sandglass/${n}`,
)) {
  const module = await import(name)
  assert(Object.keys(module).length > 0, `${name} exports something`)
  if (process.features.require_module)
    assert(Object.keys(require(name)).length > 0, `${name} can be required`)
}
console.log('every package imports by itself')
