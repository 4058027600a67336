import { isSandglassError, type Spec } from '@sandglass/core'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { compare } from './definitions-agree'
import { type ParityCase, programOf, registry } from './fixture'

// Random models must train on every backend as they do on cpu. SANDGLASS_MODELS=500 tries more of each kind.

const backends = await Promise.all(
  [{ type: 'onnxruntime', threads: 1 }, { type: 'wasm' }, { type: 'tensorflow' }].map(async (spec) => {
    const backend = registry.build('backend', spec)
    return [spec.type, backend, (await backend.probe()).available] as const
  }),
)
const runs = Number(process.env.SANDGLASS_MODELS ?? 12)

const small = fc.integer({ min: 1, max: 4 })
// Passes leave alone what is small; these are for them.
const units = fc.oneof(
  { weight: 4, arbitrary: small },
  { weight: 1, arbitrary: fc.integer({ min: 8, max: 20 }) },
)
const batch = fc.oneof(
  { weight: 4, arbitrary: small },
  { weight: 1, arbitrary: fc.integer({ min: 16, max: 33 }) },
)
const pair = fc.oneof(
  fc.integer({ min: 1, max: 3 }),
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
)
const padding = fc.constantFrom('same', 'valid')
const activation = fc.constantFrom(
  'linear',
  'relu',
  'selu',
  'elu',
  'sigmoid',
  'tanh',
  'leakyRelu',
  'gelu',
  'softplus',
)
// Optimizers that divide by the size of a gradient make much of rounding where it ought to be zero.
const optimizer = fc.constantFrom('sgd', { type: 'sgd', momentum: 0.9, nesterov: true })

const one = (type: string, options: Record<string, fc.Arbitrary<unknown>> = {}) =>
  fc.record({ type: fc.constant(type), ...options }) as fc.Arbitrary<Spec>

/** Layers that keep the number of axes, whatever it is. */
const anywhere = [
  one('activation', { activation }),
  one('batchNormalization'),
  one('layerNormalization'),
  one('dropout', { rate: fc.constantFrom(0, 0.4) }),
  one('gaussianNoise', { stddev: fc.constantFrom(0.1) }),
  one('activityRegularization', { l1: fc.constantFrom(0, 0.01), l2: fc.constantFrom(0, 0.01) }),
  one('dense', { units, activation }),
]

const convolution = { kernelSize: pair, strides: pair, padding, activation }
const ofImages = fc.oneof(
  ...anywhere,
  one('conv2d', { filters: units, ...convolution }),
  one('conv2d', { filters: units, kernelSize: pair, dilationRate: pair, padding, activation }),
  one('conv2dTranspose', { filters: units, ...convolution }),
  one('separableConv2d', { filters: units, ...convolution, strides: small }),
  one('depthwiseConv2d', { ...convolution, strides: small, depthMultiplier: fc.integer({ min: 1, max: 2 }) }),
  one('maxPooling2d', { poolSize: pair, strides: pair, padding }),
  one('averagePooling2d', { poolSize: pair, strides: pair, padding }),
  one('upSampling2d', { size: pair, interpolation: fc.constantFrom('nearest', 'bilinear') }),
  one('zeroPadding2d', { padding: pair }),
  one('cropping2d', { cropping: fc.constant(1) }),
)

const recurrent = { units, returnSequences: fc.constant(true) }
const cell = fc.oneof(
  one('lstm', recurrent),
  one('gru', recurrent),
  one('simpleRnn', { ...recurrent, activation }),
)
const ofSequences = fc.oneof(
  ...anywhere,
  cell,
  one('bidirectional', { layer: cell, mergeMode: fc.constantFrom('concat', 'sum', 'ave', 'mul') }),
  one('timeDistributed', { layer: one('dense', { units, activation }) }),
  one('conv1d', { filters: units, kernelSize: small, padding, activation }),
)

const toVector = {
  images: fc.constantFrom<Spec>(
    { type: 'flatten' },
    { type: 'globalAveragePooling2d' },
    { type: 'globalMaxPooling2d' },
  ),
  sequences: fc.oneof(
    fc.constant<Spec>({ type: 'flatten' }),
    one('lstm', { units: small }),
    one('gru', { units: small }),
  ),
}

type Fields = ParityCase['fields']

/** As many of the layers as there is room for: those that do not fit the shapes are left out. */
function thatFit(layers: readonly Spec[], fields: Fields): Spec[] {
  const fitting: Spec[] = []
  for (const layer of layers)
    try {
      programOf(caseOf([...fitting, layer, { type: 'flatten' }], fields))
      fitting.push(layer)
    } catch (error) {
      if (!isSandglassError(error)) throw error
    }
  return fitting
}

function caseOf(encoder: readonly Spec[], fields: Fields, more: Partial<ParityCase> = {}): ParityCase {
  const { input } = fields
  const size = input!.reduce((product, extent) => product * extent, 1)
  const decoder = [
    { type: 'flatten' },
    { type: 'dense', units: size, activation: 'sigmoid' },
    { type: 'reshape', shape: input },
  ]
  const model = { encoder, decoder, loss: 'binaryCrossentropy' }
  return { fields, steps: 3, learningRate: 0.01, classes: { mask: 2 }, ...more, model: model as never }
}

const extent = (min: number, max: number) => fc.integer({ min, max })
const ofSize = {
  images: fc.tuple(extent(3, 9), extent(3, 9), extent(1, 3)).map((input): Fields => ({ input })),
  sequences: fc.tuple(extent(1, 6), extent(1, 4), fc.boolean()).map(
    ([time, features, masked]): Fields => ({
      input: [time, features],
      ...(masked && { mask: [time] }),
    }),
  ),
}

const layerOf = { images: ofImages, sequences: ofSequences }

describe.each(backends)('%s', (_, backend, available) => {
  test.skipIf(!available).each(['images', 'sequences'] as const)(
    'random models of %s',
    async (kind) => {
      const layers = fc.array(layerOf[kind], { minLength: 1, maxLength: 4 })
      const cases = fc.record({ fields: ofSize[kind], layers, last: toVector[kind], batch, optimizer })
      await fc.assert(
        fc.asyncProperty(cases, async ({ fields, layers, last, ...rest }) => {
          await compare(backend, caseOf([...thatFit(layers, fields), last], fields, rest))
        }),
        { numRuns: runs },
      )
    },
    600_000,
  )
})
