import { describe, expect, test } from 'vitest'
import { batchNormalization, dense, flatten, reshape } from './layers/index'
import type { Model } from './model'
import { core } from './plugin-core'
import { createRegistry } from './registry'
import { formatSummary, summary } from './summary'

const registry = createRegistry([core])
const build = (encoder: object[], decoder: object[], input: number[]): Model =>
  registry.build('model', { type: 'autoencoder', encoder, decoder }, { registry, fields: { input } })

const tied = build(
  [flatten(), dense({ units: 100, activation: 'selu', name: 'hidden' }), batchNormalization()],
  [dense({ units: 784, tiedTo: 'hidden' }), reshape({ shape: [28, 28] })],
  [28, 28],
)

describe('summary', () => {
  test('counts every weight once, and tells trainable, frozen and state apart', () => {
    expect(summary(tied)).toEqual({
      rows: [
        { path: 'encoder/0', type: 'flatten', outputShape: [784], parameters: 0 },
        { path: 'encoder/1', type: 'dense', outputShape: [100], parameters: 784 * 100 + 100 },
        { path: 'encoder/2', type: 'batchNormalization', outputShape: [100], parameters: 400 },
        {
          path: 'decoder/0',
          type: 'dense',
          outputShape: [784],
          parameters: 784,
          tiedTo: ['encoder/1/kernel'],
        },
        { path: 'decoder/1', type: 'reshape', outputShape: [28, 28], parameters: 0 },
      ],
      parameters: 78_500 + 400 + 784,
      trainable: 78_500 + 200 + 784,
      frozen: 0,
      state: 200,
    })
    const frozen = build(
      [dense({ units: 2 }), batchNormalization({ trainable: false })],
      [dense({ units: 3 })],
      [3],
    )
    expect(summary(frozen)).toMatchObject({ parameters: 25, trainable: 17, frozen: 4, state: 4 })
  })

  test('gives weights outside of layers rows of their own', () => {
    const weight = { shape: [5, 2], initializer: () => new Float32Array(10) }
    const model: Model = { ...tied, weights: { ...tied.weights, centroids: weight } }
    const { rows, parameters } = summary(model)
    expect(rows.at(-1)).toEqual({ path: 'centroids', type: 'weight', outputShape: [5, 2], parameters: 10 })
    expect(parameters).toBe(79_694)
  })

  test('as text', () => {
    expect(formatSummary(summary(tied))).toBe(
      `
Layer      Type                Output shape  Parameters  Tied to
─────────────────────────────────────────────────────────────────────────
encoder/0  flatten             [784]                  0
encoder/1  dense               [100]             78,500
encoder/2  batchNormalization  [100]                400
decoder/0  dense               [784]                784  encoder/1/kernel
decoder/1  reshape             [28, 28]               0
─────────────────────────────────────────────────────────────────────────
79,684 parameters: 79,484 trainable, 200 state`.trim(),
    )
    const plain = formatSummary(
      summary(build([dense({ units: 2, trainable: false })], [dense({ units: 3 })], [3])),
    )
    expect(plain).not.toContain('Tied')
    expect(plain).toMatch(/17 parameters: 9 trainable, 8 frozen$/)
  })
})
