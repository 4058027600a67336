import '@tensorflow/tfjs-backend-cpu'
import {
  autoencoder,
  type Backend,
  core,
  createRegistry,
  createStreams,
  type Dataset,
  define,
  definePlugin,
  dense,
  dropout,
  type Field,
  type Session,
  sizeOf,
} from '@sandglass/core'
import { mul, type Scalar, square, sum } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { openEagerSession } from '../eager/session'
import { trainer } from '../plugin'

/** Σ weight · x², so that tests have a regularizer without another package. */
const squares = define('regularizer', {
  type: 'test/squares',
  description: 'for tests',
  schema: z.strictObject({ weight: z.number() }),
  build:
    ({ weight }) =>
    (x) =>
      mul(sum(square(x)), weight) as Scalar,
})

export const registry = createRegistry([
  core,
  trainer,
  definePlugin({ name: 'test', version: '1.0.0', apiVersion: 1, definitions: [squares] }),
])

/** Eager on tfjs's cpu backend. */
export const cpu: Backend = {
  id: 'cpu',
  preference: 0,
  probe: async () => ({ available: true, device: 'cpu' }),
  open: (program) => openEagerSession(program, { id: 'cpu', device: 'cpu', tfBackend: 'cpu' }),
}

/** A dataset of stored fields, for tests. */
export function datasetOf(fields: Readonly<Record<string, Field>>, name = 'test'): Dataset {
  const first = Object.values(fields)[0]!
  return {
    name,
    size: first.data.length / sizeOf(first.shape),
    fields,
    batch: (indices) => ({
      size: indices.length,
      fields: Object.fromEntries(Object.entries(fields).map(([key, { shape }]) => [key, shape])),
      fill: (field, out) => {
        const { data, shape, scale = 1, offset = 0 } = fields[field]!
        const width = sizeOf(shape)
        for (let i = 0; i < indices.length; i++)
          for (let j = 0; j < width; j++) out[i * width + j] = data[indices[i]! * width + j]! * scale + offset
      },
    }),
  }
}

/** `size` samples of 6 numbers in [0, 1). */
export function uniformData(size: number, seed = 1): Dataset {
  const data = createStreams(seed)
    .at('test')
    .uniform(new Float32Array(size * 6))
  return datasetOf({ input: { shape: [6], data } })
}

/** 6-3-6 with dropout, so that steps depend on random streams. */
export const noisyModel = autoencoder({
  encoder: [dense({ units: 3, activation: 'selu' }), dropout({ rate: 0.3 })],
  decoder: [dense({ units: 6, activation: 'sigmoid' })],
  loss: 'binaryCrossentropy',
})

/** A backend whose sessions go through `change` on the way out. */
export function changed(change: (session: Session) => Session): Backend {
  return { ...cpu, open: async (program) => change(await cpu.open(program)) }
}
