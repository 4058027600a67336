import type { Optimizer, TensorRecord } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'

type Vectors = Record<string, number[]>

/** Slots as declared, for tests. */
export function init(optimizer: Optimizer, weights: TensorRecord): TensorRecord {
  const shapes = Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, w.shape]))
  return Object.fromEntries(
    Object.entries(optimizer.slots(shapes)).map(([name, { shape, initial }]) => [
      name,
      typeof initial === 'number' ? tf.fill([...shape], initial) : tf.clone(weights[initial.copyOf]!),
    ]),
  )
}

/** Values after some updates from `start`, with gradients computed on the host from the weights; for tests. */
export function iterate(
  optimizer: Optimizer,
  start: Vectors,
  options: { steps: number; rate: number; gradient(weights: Vectors, step: number): Vectors },
): { weights: Vectors; slots: Vectors } {
  const tensors = (values: Vectors): TensorRecord => mapped(values, (v) => tf.tensor1d(v))
  const read = (record: TensorRecord): Vectors => mapped(record, (t) => Array.from(t.dataSync()))
  let state = tf.tidy(() => {
    const weights = tensors(start)
    return { weights, slots: init(optimizer, weights) }
  })
  for (let step = 0; step < options.steps; step++) {
    const gradients = options.gradient(read(state.weights), step)
    const next = tf.tidy(() => {
      const { weights, slots } = optimizer.update({
        ...state,
        gradients: tensors(gradients),
        learningRate: tf.scalar(options.rate),
        iteration: tf.scalar(step + 1),
      })
      return { weights, slots }
    })
    tf.dispose([state.weights, state.slots])
    state = next
  }
  const end = { weights: read(state.weights), slots: read(state.slots) }
  tf.dispose([state.weights, state.slots])
  return end
}

/** Some gradients that vary from step to step, times `scale`, for two weights named `w`. */
export function gradientsFrom(scale: number) {
  return (_: Vectors, step: number): Vectors => ({
    w: [scale * (1 + 0.5 * step), scale * (step % 2 ? 2 : -1)],
  })
}

function mapped<A, B>(record: Record<string, A>, f: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]))
}
