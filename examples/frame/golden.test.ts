// Every row that one fit trains, against Keras: see tools/golden/headlines.py. Compiled, and eager on wasm, because
// tfjs's plain JavaScript takes seconds a step for some of them; of the slowest there the first steps only.
import '@tensorflow/tfjs-backend-wasm'
import { defaultRegistry, fashionMnistExcerpt, take } from 'sandglass'
import { describe, expect, test } from 'vitest'
import { formulaWeights } from '../../packages/sandglass/src/headline/formula-weights'
import { caught } from './caught'
import { coloured } from './data'
import golden from './headlines.golden.json'
import { loadRows } from './rows'

const rows = await loadRows()
const { train } = await fashionMnistExcerpt()
const registry = defaultRegistry()

describe.each(Object.entries(golden.rows))('%s', (name, { learningRate, losses }) => {
  test.each(['wasm', 'onnxruntime'])(
    'loses what it loses in Keras, on %s',
    async (id) => {
      const row = rows.find((one) => one.name === name)!
      const images = row.data === 'cifar10' ? coloured(take(train, 640)) : train
      const { model, optimizers } = await caught(row)
      const objective = model.objectives[0]!.name
      const session = await registry.build('backend', { type: id }).open({ model, optimizers, seed: 1 })
      await session.restore({ weights: formulaWeights(model.weights) })
      const few = id === 'wasm' && /^(convolutional|recurrent|denoising-cifar)/.test(name)
      for (const [step, expected] of losses.slice(0, few ? 5 : 20).entries()) {
        const batch = images.batch(Array.from({ length: 32 }, (_, i) => step * 32 + i))
        const { loss } = await session.step({ objective, batch, step, learningRate })
        expect(Math.abs(loss! / expected - 1), `step ${step}: ${loss} beside ${expected}`).toBeLessThan(1e-4)
      }
      session.dispose()
    },
    120_000,
  )
})
