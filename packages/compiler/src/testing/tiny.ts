import {
  autoencoder,
  type Batch,
  core,
  createRegistry,
  dense,
  dropout,
  type Optimizer,
  type Program,
  sizeOf,
} from '@sandglass/core'
import { add, mul, sub } from '@tensorflow/tfjs-core'

export const registry = createRegistry([core])

/** Gradient descent with momentum and averages of the weights. */
export const averagingMomentum: Optimizer = {
  learningRate: 0.5,
  averaged: 'average',
  slots: (weights) =>
    Object.fromEntries(
      Object.entries(weights).flatMap(([name, shape]) => [
        [`velocity/${name}`, { shape, initial: 0 }],
        [`average/${name}`, { shape, initial: { copyOf: name } }],
      ]),
    ),
  update: ({ weights, slots, gradients, learningRate }) => {
    const made = Object.entries(weights).map(([name, weight]) => {
      const velocity = add(mul(0.9, slots[`velocity/${name}`]!), gradients[name]!)
      const next = sub(weight, mul(learningRate, velocity))
      const average = add(mul(0.99, slots[`average/${name}`]!), mul(0.01, next))
      return { name, velocity, next, average }
    })
    return {
      weights: Object.fromEntries(made.map(({ name, next }) => [name, next])),
      slots: Object.fromEntries(
        made.flatMap(({ name, velocity, average }) => [
          [`velocity/${name}`, velocity],
          [`average/${name}`, average],
        ]),
      ),
    }
  },
}

/** Gradient descent. */
export const descent: Optimizer = {
  learningRate: 0.5,
  slots: () => ({}),
  update: ({ weights, gradients, learningRate }) => ({
    slots: {},
    weights: Object.fromEntries(
      Object.entries(weights).map(([name, weight]) => [
        name,
        sub(weight, mul(learningRate, gradients[name]!)),
      ]),
    ),
  }),
}

/** A small program with random numbers in training. */
export function tinyProgram(changes: Partial<Program> = {}): Program {
  const spec = autoencoder({
    encoder: [dropout({ rate: 0.25 }), dense({ units: 2, activation: 'selu' })],
    decoder: [dense({ units: 4, activation: 'sigmoid' })],
    loss: 'binaryCrossentropy',
  })
  return {
    model: registry.build('model', spec, { registry, fields: { input: [4] } }),
    seed: 7,
    optimizers: { reconstruction: averagingMomentum },
    metrics: { error: registry.build('metric', 'meanAbsoluteError') },
    ...changes,
  }
}

/** A batch of numbers in [0, 1]. */
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
