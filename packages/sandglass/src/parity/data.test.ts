import { createDataset, createLazyDataset, createStream, createStreams, streamOf } from '@sandglass/core'
import type { Callback } from '@sandglass/trainer'
import { describe, expect, test } from 'vitest'
import { autoencoder, dense, dropout, fit } from '../node/index'

const values = createStreams(3)
  .at('data')
  .uniform(new Float32Array(6 * 45))
const train = createDataset('data', { input: { shape: [6], data: values } })

const kinds = {
  'in files': createLazyDataset('data', {
    size: 45,
    fields: train.fields,
    read: async (rows) => {
      await new Promise((resolve) => setImmediate(resolve))
      return train.batch(rows)
    },
  }),
  'a stream of unknown size': createStream('data', {
    fields: train.fields,
    read: () => streamOf(train, { chunk: 7 }).read(),
  }),
}

const model = autoencoder({
  encoder: [dense({ units: 3, activation: 'selu' }), dropout({ rate: 0.3 })],
  decoder: [dense({ units: 6, activation: 'sigmoid' })],
  loss: 'binaryCrossentropy',
})

/** Turns the targets round after every third update. */
const turner: Callback = {
  name: 'turner',
  onStep: ({ step }, run) => {
    const sign = step % 6 < 3 ? 1 : -1
    const data = values.map((x) => 0.5 + sign * (x - 0.5))
    if (step % 3 === 0) run.setField('target', { shape: [45, 6], data })
  },
}

describe.each(['cpu', 'wasm', 'onnxruntime'])('on %s', (backend) => {
  const result = async (data: Parameters<typeof fit>[1], callbacks: Callback[] = []) => {
    const options = { optimizer: 'adam', epochs: 3, batchSize: 9, seed: 1, shuffle: false } as const
    const run = await fit(model, data, { ...options, backend, callbacks })
    const weights = await run.model.weights()
    run.model.dispose()
    return { history: run.history, weights }
  }

  test.each(Object.entries(kinds))(
    'data %s train to the very numbers of the same data in memory',
    async (_, data) => {
      expect(await result(data)).toEqual(await result(train))
    },
  )

  test('fields set on the way count from the next update', async () => {
    const turned = await result(train, [turner])
    const losses = turned.history.map(({ loss }) => loss!)
    const same = await result(train)
    expect(losses[0]).not.toBe(same.history[0]!.loss)
    const eager = await fit(model, train, {
      optimizer: 'adam',
      epochs: 3,
      batchSize: 9,
      seed: 1,
      shuffle: false,
      backend: 'cpu',
      callbacks: [turner],
    })
    eager.model.dispose()
    for (const [i, loss] of losses.entries()) expect(loss).toBeCloseTo(eager.history[i]!.loss!, 5)
  })
})
