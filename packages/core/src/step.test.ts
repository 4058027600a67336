import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import { expectError, expectGolden, expectNoLeak, testRandom } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import type { Objective } from './objective'
import type { Optimizer } from './optimizer'
import { evaluateStep, trainStep } from './step'

/** (w·x + state − 1)², of which only w is trained. */
const objective: Objective = {
  name: 'fit',
  trains: ['w'],
  fields: { input: 'required' },
  loss: ({ w, state }, { input }, { training }) => {
    const output = tf.add(tf.mul(w!, input!), state!)
    const fit = tf.mean(tf.square(tf.sub(output, 1))) as tf.Scalar
    return {
      total: fit,
      parts: { fit },
      comparison: { target: tf.onesLike(output), output },
      ...(training && { updates: { state: tf.add(state!, 1) } }),
    }
  },
}

/** w − r·g, counting its updates in a slot. */
const optimizer: Optimizer = {
  learningRate: 0.1,
  slots: () => ({ 'count/w': { shape: [], initial: 0 } }),
  update: ({ weights, slots, gradients, learningRate, iteration }) => ({
    weights: { w: tf.sub(weights.w!, tf.mul(learningRate, gradients.w!)) },
    slots: { 'count/w': tf.add(slots['count/w']!, iteration) },
  }),
}

const metrics = {
  gap: ({ target, output }: { target: tf.Tensor; output: tf.Tensor }) => tf.sub(target, output),
}

const input = () => ({
  weights: { w: tf.scalar(2), state: tf.scalar(0) },
  slots: { 'count/w': tf.scalar(0) },
  batch: { input: tf.tensor1d([1, 3]) },
  learningRate: tf.scalar(0.1),
  iteration: tf.scalar(1),
  context: { training: true, random: testRandom() },
})

test('trainStep returns updated weights, state and slots, and the scalars before the update', () => {
  const given = input()
  expectNoLeak(() =>
    tf.tidy(() => {
      const { weights, slots, scalars } = trainStep(objective, optimizer, metrics, given)
      // Loss ((2−1)² + (6−1)²)/2 = 13; gradient (2·1·1 + 2·5·3)/2 = 16.
      expect(Object.keys(weights).sort()).toEqual(['state', 'w'])
      expectGolden(weights.w!, 2 - 0.1 * 16)
      expectGolden(weights.state!, 1)
      expectGolden(slots['count/w']!, 1)
      expect(Object.keys(scalars)).toEqual(['loss', 'fit', 'gap'])
      expectGolden(scalars.loss!, 13)
      expectGolden(scalars.fit!, 13)
      expectGolden(scalars.gap!, -3)
    }),
  )
  expectGolden(given.weights.w, 2)
})

test('evaluateStep only measures', () => {
  const { weights, batch, context } = input()
  tf.tidy(() => {
    const scalars = evaluateStep(objective, metrics, {
      weights,
      batch,
      context: { ...context, training: false },
    })
    expect(Object.keys(scalars)).toEqual(['loss', 'fit', 'gap'])
    expectGolden(scalars.loss!, 13)
  })
})

test('metrics are left out where there is nothing to compare; errors leak nothing', () => {
  const blind: Objective = {
    ...objective,
    loss: (...args) => ({ ...objective.loss(...args), comparison: undefined }),
  }
  const broken: Objective = {
    ...objective,
    loss: (...args) => {
      objective.loss(...args)
      throw new Error('broken')
    },
  }
  const given = input()
  tf.tidy(() => {
    expect(Object.keys(trainStep(blind, optimizer, metrics, given).scalars)).toEqual(['loss', 'fit'])
  })
  expectError(() => expectNoLeak(() => tf.tidy(() => void trainStep(broken, optimizer, metrics, given))), {
    message: /^broken$/,
  })
})
