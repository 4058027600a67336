import '@tensorflow/tfjs-backend-cpu'
import { expectError } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { buildChain } from '../chain'
import { batchNormalization, dense } from '../layers/index'
import { core } from '../plugin-core'
import { createRegistry } from '../registry'
import { checkDecoder, inputShapeOf, sumParts } from './assemble'

const registry = createRegistry([core])

test('the input shape is the one given, then that of the data, or its absence is explained', () => {
  expect(inputShapeOf('m', [6], { input: [4] })).toEqual([6])
  expect(inputShapeOf('m', undefined, { input: [4] })).toEqual([4])
  expectError(() => inputShapeOf('m', undefined, { label: [] }), {
    code: 'spec',
    message: /^m: the input shape is unknown\. Got data with the fields label\. Give the model an inputShape/,
  })
})

test('a decoder must end in the shape it is compared with', () => {
  const decoder = buildChain([dense({ units: 3 })], {
    registry,
    path: 'decoder',
    inputShape: [2],
    earlier: new Map(),
  })
  checkDecoder(decoder, [3])
  expectError(() => checkDecoder(decoder, [3, 1]), {
    code: 'shape',
    message:
      /^decoder\/0: the decoder must end in the shape it is compared with\. Got \[3\]; expected \[3, 1\]/,
  })
})

test('parts of one name add up, and the total is the sum of all', () => {
  tf.tidy(() => {
    const { total, parts } = sumParts(
      { a: tf.scalar(1) },
      undefined,
      { b: tf.scalar(2), a: tf.scalar(4) },
      {},
    )
    expect(Object.keys(parts)).toEqual(['a', 'b'])
    expect([parts.a!, parts.b!, total].map((t) => t.dataSync()[0])).toEqual([5, 2, 7])
  })
})

test('a frozen chain has no trainable weight, and state that stays', () => {
  const build = (frozen: boolean, trainable = true) =>
    buildChain([dense({ units: 3, trainable }), batchNormalization({ trainable })], {
      registry,
      path: 'encoder',
      inputShape: [2],
      earlier: new Map(),
      frozen,
    })
  expect(build(true).weights).toMatchObject(
    Object.fromEntries(
      Object.entries(build(false, false).weights).map(([name, { trainable, frozen }]) => [
        name,
        { trainable, ...(frozen && { frozen }) },
      ]),
    ),
  )
  expect(Object.values(build(true).weights).map(({ trainable }) => trainable)).toEqual(Array(6).fill(false))
  tf.tidy(() => {
    const chain = build(true)
    const weights = Object.fromEntries(
      Object.entries(chain.weights).map(([name, { shape }]) => [name, tf.ones([...shape])]),
    )
    const context = { training: true, random: undefined as never }
    expect(chain.apply(tf.ones([4, 2]), weights, context).updates).toEqual({})
  })
})
