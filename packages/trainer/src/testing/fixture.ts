import '@tensorflow/tfjs-backend-cpu'
import {
  autoencoder,
  type Backend,
  core,
  createBatch,
  createDataset,
  createLazyDataset,
  createRegistry,
  createStreams,
  type Dataset,
  define,
  definePlugin,
  dense,
  describeField,
  dropout,
  type MemoryDataset,
  type Model,
  type Session,
  type StoredField,
  sizeOf,
  type Training,
} from '@sandglass/core'
import { testLayers } from '@sandglass/testing'
import { mul, type Scalar, square, sum } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { openEagerSession } from '../eager/session'
import { trainer } from '../plugin'
import { variational } from './variational'

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
  testLayers,
  definePlugin({ name: 'test', version: '1.0.0', apiVersion: 1, definitions: [squares, variational] }),
])

/** Eager on tfjs's cpu backend. */
export const cpu: Backend = {
  id: 'cpu',
  preference: 0,
  probe: async () => ({ available: true, device: 'cpu' }),
  open: (program) => openEagerSession(program, { id: 'cpu', device: 'cpu', tfBackend: 'cpu' }),
}

/** A dataset in which there may be nothing, or numbers that are not finite. */
export function uncheckedData(fields: Readonly<Record<string, StoredField>>, name = 'mine'): Dataset {
  const [first] = Object.values(fields)
  const pick = ({ data, ...field }: StoredField, rows: Int32Array): StoredField => {
    const width = sizeOf(field.shape)
    const values = Array.from(rows, (row) => [...data.subarray(row * width, (row + 1) * width)]).flat()
    return { ...field, data: Float32Array.from(values) }
  }
  return createLazyDataset(name, {
    size: first!.data.length / sizeOf(first!.shape),
    fields: Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, describeField(field)])),
    read: (rows) =>
      createBatch(Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, pick(field, rows)]))),
  })
}

/** `size` samples of 6 numbers in [0, 1). */
export function uniformData(size: number, seed = 1): MemoryDataset {
  const data = createStreams(seed)
    .at('test')
    .uniform(new Float32Array(size * 6))
  return createDataset('test', { input: { shape: [6], data } })
}

/** 6-3-6 with dropout, so that steps depend on random streams. */
export const noisyModel = autoencoder({
  encoder: [dense({ units: 3, activation: 'selu' }), dropout({ rate: 0.3 })],
  decoder: [dense({ units: 6, activation: 'sigmoid' })],
  loss: 'binaryCrossentropy',
})

/** `noisyModel` with an objective for the weights under each of these paths: `{ critic: 'encoder' }`. */
export function halvesModel(paths: Readonly<Record<string, string>>, training?: Training): Model {
  const whole = registry.build('model', noisyModel, { registry, fields: { input: [6] } })
  const [objective] = whole.objectives
  const objectives = Object.entries(paths).map(([name, path]) => ({
    ...objective!,
    name,
    trains: objective!.trains.filter((weight) => weight.startsWith(path)),
  }))
  return { ...whole, objectives, training }
}

/** A backend whose sessions go through `change` on the way out. */
export function changed(change: (session: Session) => Session): Backend {
  return { ...cpu, open: async (program) => change(await cpu.open(program)) }
}
