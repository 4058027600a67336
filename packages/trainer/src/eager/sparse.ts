import {
  autoencoder,
  type Batch,
  core,
  createRegistry,
  define,
  definePlugin,
  dense,
  type Program,
  type Session,
} from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { sgd } from '../optimizers/sgd'
import { trainer } from '../plugin'

/** Σⱼ KL(0.1 ‖ meanⱼ) over the units of a layer, times 0.05 and the batch size that the layer will divide by. */
const klSparsity = define('regularizer', {
  type: 'test/kl',
  description: 'Kullback-Leibler sparsity, for tests',
  schema: z.strictObject({}),
  build: () => (activity) => {
    const mean = tf.clipByValue(tf.mean(activity, 0), 1e-7, 1 - 1e-7)
    const on = tf.mul(0.1, tf.log(tf.div(0.1, mean)))
    const off = tf.mul(0.9, tf.log(tf.div(0.9, tf.sub(1, mean))))
    return tf.mul(0.05, tf.sum(tf.add(on, off))) as tf.Scalar
  },
})

/** The textbook sparse autoencoder, 784-100-300-100-784, for tests. */
export function sparseProgram(): Program {
  const plugin = definePlugin({ name: 'test', version: '0.0.0', apiVersion: 1, definitions: [klSparsity] })
  const registry = createRegistry([core, trainer, plugin])
  const spec = autoencoder({
    encoder: [
      dense({ units: 100, activation: 'selu' }),
      dense({ units: 300, activation: 'sigmoid', activityRegularizer: { type: 'test/kl' } }),
    ],
    decoder: [dense({ units: 100, activation: 'selu' }), dense({ units: 784, activation: 'sigmoid' })],
    loss: 'binaryCrossentropy',
  })
  return {
    model: registry.build('model', spec, { registry, fields: { input: [784] } }),
    seed: 42,
    optimizers: { reconstruction: registry.build('optimizer', sgd({ learningRate: 1 })) },
    metrics: { roundedAccuracy: registry.build('metric', { type: 'roundedAccuracy' }) },
  }
}

/** 32 pictures of 28 × 28 of one soft disc each, whose place and size depend on step and sample; for tests. */
function discs(step: number): Batch {
  return {
    size: 32,
    fields: { input: [784] },
    fill: (_, out) => {
      for (let i = 0; i < 32; i++) {
        const k = step * 32 + i
        const [x, y, r] = [6 + ((k * 7) % 16), 6 + ((k * 11) % 16), 3 + ((k * 5) % 6)]
        for (let p = 0; p < 784; p++) {
          const distance = Math.hypot((p % 28) - x, Math.floor(p / 28) - y)
          out[i * 784 + p] = 1 / (1 + Math.exp(distance - r))
        }
      }
    },
  }
}

/** What is reported at each of some steps. */
export async function trainSparse(session: Session, steps: number): Promise<Record<string, number>[]> {
  const reports: Record<string, number>[] = []
  for (let step = 0; step < steps; step++)
    reports.push(
      await session.step({ objective: 'reconstruction', batch: discs(step), step, learningRate: 1 }),
    )
  return reports
}
