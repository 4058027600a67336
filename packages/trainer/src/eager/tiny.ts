import { autoencoder, type Batch, core, createRegistry, dense, type Program, sizeOf } from '@sandglass/core'
import { sgd } from '../optimizers/sgd'
import { trainer } from '../plugin'

export const registry = createRegistry([core, trainer])

/** A small program that any backend runs in no time, for tests. */
export function tinyProgram(changes: Partial<Program> = {}): Program {
  const spec = autoencoder({
    encoder: [dense({ units: 2, activation: 'selu' })],
    decoder: [dense({ units: 4, activation: 'sigmoid' })],
    loss: 'binaryCrossentropy',
  })
  return {
    model: registry.build('model', spec, { registry, fields: { input: [4] } }),
    seed: 7,
    optimizers: { reconstruction: registry.build('optimizer', sgd({ momentum: 0.9 })) },
    metrics: {},
    ...changes,
  }
}

/** A batch of numbers in [0, 1], for tests. */
export function tinyBatch(size = 3, fields: Batch['fields'] = { input: [4] }): Batch {
  return {
    size,
    fields,
    fill: (field, out) => {
      if (out.length !== size * sizeOf(fields[field]!)) throw new Error('a buffer of the wrong size')
      for (let i = 0; i < out.length; i++) out[i] = ((i * 7919) % 101) / 100
    },
  }
}
