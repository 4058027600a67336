import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import { autoencoder, core, createRegistry, dense } from '@sandglass/core'
import { conformance, testRandom } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { dropout, gaussianNoise, masking, regularizers, saltAndPepper } from './index'

const registry = createRegistry([core, regularizers])
const SIZE = 20_000

/** A constant input after corruption. */
function corrupted(spec: unknown, value = 0.3, seed = 7): number[] {
  const corrupt = registry.build('corruption', spec)
  return tf.tidy(() =>
    Array.from(
      corrupt(
        tf.fill([SIZE / 4, 4], value),
        { training: true, random: testRandom(seed) },
        'corruption',
      ).dataSync(),
    ),
  )
}

const share = (values: number[], of: (v: number) => boolean) => values.filter(of).length / values.length
const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length
/** Five standard errors of a share p. */
const margin = (p: number) => 5 * Math.sqrt((p * (1 - p)) / SIZE)

describe('conform', () => {
  const refuses = (options: Record<string, unknown>, message: RegExp) => [{ options, message }]

  test('gaussianNoise', () => {
    conformance(gaussianNoise, [{ options: { stddev: 0.2 } }], { refuses: refuses({ stddev: -1 }, /stddev/) })
  })
  test('masking', () => {
    conformance(masking, [{ options: { rate: 0.5 } }], { refuses: refuses({ rate: 1 }, /rate/) })
  })
  test('dropout', () => {
    conformance(dropout, [{ options: { rate: 0.5 } }], { refuses: refuses({}, /rate/) })
  })
  test('saltAndPepper', () => {
    conformance(saltAndPepper, [{ options: { rate: 0.4, low: -1 } }], {
      refuses: refuses({ rate: -0.1 }, /rate/),
    })
  })
})

describe('do what they say', () => {
  test('gaussianNoise adds noise of mean 0 and the given deviation', () => {
    const noise = corrupted(gaussianNoise({ stddev: 0.2 })).map((v) => v - 0.3)
    expect(Math.abs(mean(noise))).toBeLessThan((5 * 0.2) / Math.sqrt(SIZE))
    const deviation = Math.sqrt(mean(noise.map((v) => v * v)))
    expect(Math.abs(deviation - 0.2)).toBeLessThan((5 * 0.2) / Math.sqrt(2 * SIZE))
  })

  test('masking leaves what it does not set to 0', () => {
    const values = corrupted(masking({ rate: 0.35 }))
    expect(new Set(values)).toEqual(new Set([0, Math.fround(0.3)]))
    expect(Math.abs(share(values, (v) => v === 0) - 0.35)).toBeLessThan(margin(0.35))
  })

  test('dropout keeps the mean, as Keras does', () => {
    const values = corrupted(dropout({ rate: 0.5 }))
    expect(new Set(values)).toEqual(new Set([0, Math.fround(0.6)]))
    expect(Math.abs(share(values, (v) => v === 0) - 0.5)).toBeLessThan(margin(0.5))
  })

  test('dropout and masking of one seed and path agree with each other and the layer', () => {
    const zeros = (spec: unknown) => corrupted(spec).map((v) => v === 0)
    expect(zeros(masking({ rate: 0.3 }))).toEqual(zeros(dropout({ rate: 0.3 })))
    const site = { path: 'corruption', inputShape: [4], registry, earlier: new Map(), side: {} }
    const layer = registry.build('layer', { type: 'dropout', rate: 0.3 }, site)
    const { output } = layer.apply({
      input: tf.fill([SIZE / 4, 4], 0.3),
      weights: {},
      side: {},
      context: { training: true, random: testRandom(7) },
    })
    expect(Array.from(output.dataSync())).toEqual(corrupted(dropout({ rate: 0.3 })))
  })

  test('saltAndPepper replaces by both ends alike', () => {
    const values = corrupted(saltAndPepper({ rate: 0.4, low: -1, high: 2 }))
    expect(new Set(values)).toEqual(new Set([-1, 2, Math.fround(0.3)]))
    expect(Math.abs(share(values, (v) => v === -1) - 0.2)).toBeLessThan(margin(0.2))
    expect(Math.abs(share(values, (v) => v === 2) - 0.2)).toBeLessThan(margin(0.2))
  })

  test.each([
    gaussianNoise({ stddev: 0 }),
    masking({ rate: 0 }),
    dropout({ rate: 0 }),
    saltAndPepper({ rate: 0 }),
  ])('$type of strength 0 changes nothing', (spec) => {
    expect(new Set(corrupted(spec))).toEqual(new Set([Math.fround(0.3)]))
  })

  test('a rate of 0.9999999 leaves no NaN', () => {
    for (const type of ['masking', 'dropout', 'saltAndPepper'])
      expect(corrupted({ type, rate: 0.9999999 }).every(Number.isFinite)).toBe(true)
  })
})

test('a denoising autoencoder sees noise while training and compares with the clean input', () => {
  const spec = autoencoder({
    encoder: [dense({ units: 4, useBias: false })],
    decoder: [dense({ units: 4, useBias: false })],
    loss: 'meanSquaredError',
    corruption: masking({ rate: 0.5 }),
  })
  const model = registry.build('model', spec, { registry, fields: { input: [4] } })
  tf.tidy(() => {
    const identity = tf.eye(4)
    const weights = { 'encoder/0/kernel': identity, 'decoder/0/kernel': identity }
    const loss = (training: boolean) => {
      const context = { training, random: testRandom(1) }
      return model.objectives[0]!.loss(weights, { input: tf.ones([50, 4]) }, context).total.dataSync()[0]!
    }
    expect(loss(false)).toBe(0)
    expect(Math.abs(loss(true) - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / 200))
  })
})
