import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { elementwise } from './differentiable'
import { sparseSigmoidOf } from './sparse-sigmoid'

/** 0 up to −1, (x + 1)² / 4 up to 1, x above: the integral of the sparse sigmoid. */
const sparsePlusOf = elementwise(
  (x) => tf.add(tf.square(sparseSigmoidOf(x)), tf.relu(tf.sub(x, 1))),
  sparseSigmoidOf,
)

export const sparsePlus = define('activation', {
  type: 'sparsePlus',
  description: '0 up to −1, (x + 1)² / 4 up to 1, x above',
  schema: z.strictObject({}),
  build: () => ({ apply: sparsePlusOf, elementwise: true, off: 'zero' }),
})
