import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import { define, type ExhibitInput, type Sampler, standardNormal } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { asyncConformance, conformance } from './index'

const none = z.strictObject({})

describe('likelihoods', () => {
  /** N(mean, 1) of each number; `scale` is wrong unless it is 1. */
  const normal = (scale: number) =>
    define('likelihood', {
      type: 'test/normal',
      description: 'unit normal',
      schema: none,
      build: () => ({
        perElement: 1,
        support: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
        logProbability: (x, mean) => {
          const each = tf.sub(tf.mul(tf.square(tf.sub(x, mean)), -0.5), 0.5 * Math.log(2 * Math.PI))
          return tf.sum(tf.mul(each, scale), [1]) as tf.Tensor1D
        },
        mean: (mean) => tf.clone(mean),
        sample: (mean, random, stream) => tf.add(mean, random.normal(`${stream}/noise`, mean.shape)),
      }),
    })

  test('a right one passes', () => {
    expect(conformance(normal(1), [{ integrate: [-10, 10] }])).toEqual([
      'frozen',
      'round trip',
      'bad options',
      'aliases',
      'JSON schema',
      'shapes',
      'determinism',
      'leaks',
      'draws',
      'normalised',
      'first derivatives',
    ])
  })

  test('probabilities that do not sum to 1 are found', () => {
    expect(() => conformance(normal(1.1), [{ integrate: [-10, 10] }])).toThrow(
      /normalised: its probabilities sum to/,
    )
    expect(() => conformance(normal(1), [{}])).toThrow(/needs `integrate/)
  })

  test('draws outside of the support, and from streams of others, are found', () => {
    const coin = (support: readonly [number, number], stream: string) =>
      define('likelihood', {
        type: 'test/coin',
        description: 'fair coins',
        schema: none,
        build: () => ({
          perElement: 1,
          support,
          logProbability: (x, p) =>
            tf.sum(tf.add(tf.mul(p, 0), tf.add(tf.mul(x, 0), -Math.LN2)), [1]) as tf.Tensor1D,
          mean: (p) => tf.add(tf.mul(p, 0), 0.5),
          sample: (p, random) => tf.round(random.uniform(stream, p.shape)),
        }),
      })
    const values = [0, 1]
    expect(conformance(coin([0, 1], 'x'), [{ values }])).toContain('normalised')
    expect(() => conformance(coin([0, 0.5], 'x'), [{ values }])).toThrow(
      /draws: it draws 1, outside of \[0,0.5\]/,
    )
    expect(() => conformance(coin([0, 1], 'y'), [{ values }])).toThrow(
      /stream "y", which is not below its name/,
    )
  })
})

describe('samplers', () => {
  const sampler = (built: Sampler) =>
    define('sampler', { type: 'test/own', description: 'own', schema: none, build: () => built })

  test('the prior passes', async () => {
    expect(await asyncConformance(standardNormal, [{ shape: [2, 3] }])).toEqual(
      expect.arrayContaining(['frozen', 'codes', 'draws']),
    )
  })

  test('faults are found', async () => {
    const zeros: Sampler['sample'] = ({ size, shape }) => ({
      shape: [size, ...shape],
      data: new Float32Array(size * shape[0]!),
    })
    const counted: Sampler['sample'] = ({ size, shape }) => ({
      shape: [size, ...shape],
      data: new Float32Array(size * shape[0]!).fill(size),
    })
    const flat: Sampler['sample'] = ({ size }) => ({ shape: [size], data: new Float32Array(size) })
    const drawn = async () => ({ x: { shape: [1], data: Float32Array.of(Math.random()) } })
    const deaf = async () => ({})
    await expect(asyncConformance(sampler({ sample: flat }), [{}])).rejects.toThrow(
      /codes: it gives the shape \[6\]/,
    )
    await expect(asyncConformance(sampler({ sample: counted }), [{}])).rejects.toThrow(/depend on how many/)
    await expect(asyncConformance(sampler({ sample: zeros, fit: drawn }), [{}])).rejects.toThrow(
      /fit: fitting twice with the same seed/,
    )
    await expect(asyncConformance(sampler({ sample: zeros, fit: deaf }), [{}])).rejects.toThrow(
      /cancelled, it went on to the end/,
    )
  })
})

test('exhibits: names, captions, plain finite data, the same twice', async () => {
  const exhibit = (values: () => number[], caption = 'c') =>
    define('exhibit', {
      type: 'test/own',
      description: 'own',
      schema: none,
      build: () => async () => [
        {
          name: 'n',
          caption,
          data: { type: 'histogram', title: 't', xLabel: 'x', yLabel: 'y', values: values() },
        },
      ],
    })
  const input = {} as ExhibitInput
  expect(
    await asyncConformance(
      exhibit(() => [1, 2]),
      [{ input }],
    ),
  ).toContain('plain data')
  await expect(
    asyncConformance(
      exhibit(() => [Number.NaN]),
      [{ input }],
    ),
  ).rejects.toThrow(/n\.values\.0 is NaN/)
  await expect(
    asyncConformance(
      exhibit(() => [Math.random()]),
      [{ input }],
    ),
  ).rejects.toThrow(/something else/)
  await expect(
    asyncConformance(
      exhibit(() => [1], ' '),
      [{ input }],
    ),
  ).rejects.toThrow(/"n" has no caption/)
})

test('workloads: the model builds and trains on the fields', () => {
  const workload = (fields: Record<string, number[]>, batchSizes = [4]) =>
    define('workload', {
      type: 'test/own',
      description: 'own',
      schema: none,
      build: () => ({
        title: 'own',
        model: {
          type: 'autoencoder',
          encoder: [{ type: 'dense', units: 1 }],
          decoder: [{ type: 'dense', units: 2 }],
        },
        fields,
        batchSizes,
        optimizer: { type: 'test/descent' },
      }),
    })
  const descent = define('optimizer', {
    type: 'test/descent',
    description: 'none',
    schema: none,
    build: () => ({}) as never,
  })
  const plugins = [{ name: 'descent', version: '1.0.0', apiVersion: 1, definitions: [descent] }]
  expect(conformance(workload({ input: [2] }), [{}], { plugins })).toContain('batch sizes')
  expect(() => conformance(workload({ input: [2] }), [{}])).toThrow(/optimizer: .*test\/descent/)
  expect(() => conformance(workload({ input: [2] }, [0]), [{}], { plugins })).toThrow(
    /\[0\] are no batch sizes/,
  )
})
