import type { Optimizer } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { named } from './rule'

const SLOT = 'average'

/**
 * Keeps an exponential moving average of the weights in the slots `average/<weight>`:
 * a ← momentum · a + (1 − momentum) · w after each update, and a = w after the first, as in Keras.
 */
export function averaged(optimizer: Optimizer, momentum: number | undefined): Optimizer {
  if (momentum === undefined) return optimizer
  return {
    ...optimizer,
    averaged: SLOT,
    slots: (weights) => ({
      ...optimizer.slots(weights),
      ...Object.fromEntries(
        Object.entries(weights).map(([name, shape]) => [
          `${SLOT}/${name}`,
          { shape, initial: { copyOf: name } },
        ]),
      ),
    }),
    update: (input) => {
      const updated = optimizer.update(input)
      // 0 at the first update and `momentum` ever after, without a branch.
      const keep = tf.mul(momentum, tf.minimum(tf.sub(input.iteration, 1), 1))
      const take = tf.sub(1, keep)
      const averages = Object.entries(updated.weights).map(([name, w]) => {
        const slot = `${SLOT}/${name}`
        return [slot, tf.add(tf.mul(named(input.slots, slot, 'slot'), keep), tf.mul(w, take))]
      })
      return { ...updated, slots: { ...updated.slots, ...Object.fromEntries(averages) } }
    },
  }
}
