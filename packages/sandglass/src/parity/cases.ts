import type { Spec } from '@sandglass/core'
import type { ParityCase } from './fixture'

// One small autoencoder for every definition; the test fails for definitions that have none.

type Changes = Omit<Partial<ParityCase>, 'model'> & { readonly model?: Partial<ParityCase['model']> }

/** [4] → code → [4]. */
export function denseCase({ model, ...rest }: Changes = {}): ParityCase {
  return {
    fields: { input: [4] },
    model: {
      encoder: [{ type: 'dense', units: 3, activation: 'tanh' }],
      decoder: [{ type: 'dense', units: 4, activation: 'sigmoid' }],
      ...model,
    },
    ...rest,
  }
}

/** [6, 6, 2] → the layers under test → [8] → [6, 6, 2]. */
function imageCase(...layers: object[]): ParityCase {
  return {
    fields: { input: [6, 6, 2] },
    batch: 2,
    model: {
      encoder: [...layers, { type: 'flatten' }, { type: 'dense', units: 3, activation: 'tanh' }],
      decoder: [
        { type: 'dense', units: 72, activation: 'sigmoid' },
        { type: 'reshape', shape: [6, 6, 2] },
      ],
    } as ParityCase['model'],
  }
}

/** [5, 3] → the layers under test → [3] → [5, 3]. */
function sequenceCase(...layers: object[]): ParityCase {
  return {
    fields: { input: [5, 3] },
    batch: 2,
    model: {
      encoder: [...layers, { type: 'flatten' }, { type: 'dense', units: 3, activation: 'tanh' }],
      decoder: [
        { type: 'dense', units: 15, activation: 'sigmoid' },
        { type: 'reshape', shape: [5, 3] },
      ],
    } as ParityCase['model'],
  }
}

const within = (...layers: object[]) =>
  denseCase({
    model: { encoder: [{ type: 'dense', units: 3 }, ...layers] as unknown as ParityCase['model']['encoder'] },
  })

const conv = { type: 'conv2d', filters: 3, kernelSize: 3, activation: 'relu' }

export const layerCases: Readonly<Record<string, readonly ParityCase[]>> = {
  activation: [within({ type: 'activation', activation: 'mish' })],
  activityRegularization: [within({ type: 'activityRegularization', l1: 0.01, l2: 0.02 })],
  averagePooling1d: [sequenceCase({ type: 'averagePooling1d', poolSize: 2, padding: 'same' })],
  averagePooling2d: [imageCase(conv, { type: 'averagePooling2d', poolSize: 2 })],
  batchNormalization: [
    within({ type: 'batchNormalization', momentum: 0.8 }),
    imageCase({ ...conv, padding: 'same' }, { type: 'batchNormalization', momentum: 0.8 }),
  ],
  bidirectional: [sequenceCase({ type: 'bidirectional', layer: { type: 'lstm', units: 2 } })],
  conv1d: [sequenceCase({ type: 'conv1d', filters: 3, kernelSize: 2, padding: 'causal', activation: 'elu' })],
  conv1dTranspose: [
    sequenceCase(
      { type: 'conv1d', filters: 3, kernelSize: 2, strides: 2 },
      { type: 'conv1dTranspose', filters: 2, kernelSize: 3, strides: 2, padding: 'same', activation: 'selu' },
    ),
  ],
  conv2d: [
    imageCase({ ...conv, padding: 'same', strides: 2 }),
    imageCase({ ...conv, kernelSize: 2, dilationRate: 2 }),
  ],
  conv2dTranspose: [
    imageCase({ ...conv, padding: 'same', strides: 2 }, { ...conv, type: 'conv2dTranspose', strides: 2 }),
  ],
  cropping2d: [imageCase(conv, { type: 'cropping2d', cropping: 1 })],
  dense: [
    denseCase({
      model: {
        decoder: [{ type: 'dense', units: 4, tiedTo: 'encoder/0', useBias: true, activation: 'sigmoid' }],
      },
    }),
  ],
  depthwiseConv2d: [
    imageCase({ type: 'depthwiseConv2d', kernelSize: 3, depthMultiplier: 2, padding: 'same' }),
  ],
  dropout: [within({ type: 'dropout', rate: 0.4 })],
  flatten: [imageCase()],
  gaussianNoise: [within({ type: 'gaussianNoise', stddev: 0.3 })],
  globalAveragePooling2d: [imageCase(conv, { type: 'globalAveragePooling2d' })],
  globalMaxPooling2d: [imageCase(conv, { type: 'globalMaxPooling2d' })],
  gru: [
    sequenceCase({ type: 'gru', units: 3, returnSequences: true }),
    sequenceCase({ type: 'gru', units: 2, resetAfter: false }),
  ],
  layerNormalization: [within({ type: 'layerNormalization' })],
  lstm: [
    sequenceCase({ type: 'lstm', units: 3, returnSequences: true }, { type: 'lstm', units: 2 }),
    sequenceCase({ type: 'lstm', units: 2, goBackwards: true }),
  ],
  masking: [
    sequenceCase({ type: 'masking', maskValue: 0 }, { type: 'lstm', units: 2 }),
    {
      ...sequenceCase({ type: 'lstm', units: 3 }),
      fields: { input: [5, 3], mask: [5] },
      classes: { mask: 2 },
      model: {
        encoder: [{ type: 'masking' }, { type: 'bidirectional', layer: { type: 'gru', units: 2 } }],
        decoder: [
          { type: 'repeatVector', n: 5 },
          { type: 'lstm', units: 3, returnSequences: true },
        ],
      } as unknown as ParityCase['model'],
    },
  ],
  maxPooling1d: [
    sequenceCase({ type: 'conv1d', filters: 3, kernelSize: 2 }, { type: 'maxPooling1d', poolSize: 2 }),
  ],
  maxPooling2d: [imageCase(conv, { type: 'maxPooling2d', poolSize: 2 })],
  repeatVector: [
    {
      ...sequenceCase({ type: 'lstm', units: 3 }),
      model: {
        encoder: [{ type: 'lstm', units: 3 }],
        decoder: [
          { type: 'repeatVector', n: 5 },
          { type: 'lstm', units: 3, returnSequences: true },
        ],
      } as unknown as ParityCase['model'],
    },
  ],
  reshape: [within({ type: 'reshape', shape: [3, 1] }, { type: 'flatten' })],
  separableConv2d: [imageCase({ type: 'separableConv2d', filters: 3, kernelSize: 3, activation: 'relu' })],
  simpleRnn: [sequenceCase({ type: 'simpleRnn', units: 3, returnSequences: true })],
  timeDistributed: [sequenceCase({ type: 'timeDistributed', layer: { type: 'dense', units: 2 } })],
  upSampling1d: [sequenceCase({ type: 'dense', units: 2 }, { type: 'upSampling1d', size: 3 })],
  upSampling2d: [
    imageCase({ ...conv, strides: 2 }, { type: 'upSampling2d', size: 2 }),
    imageCase({ ...conv, strides: 2 }, { type: 'upSampling2d', size: 2, interpolation: 'bilinear' }),
  ],
  zeroPadding2d: [imageCase({ type: 'zeroPadding2d', padding: 1 }, conv)],
}

/**
 * A layer without options behind a dense layer, on a sequence and on an image, for layers that have no case of their own;
 * those that cannot stand there are left out by who builds them.
 */
export const bareCases = (type: string): readonly ParityCase[] => [
  within({ type }),
  sequenceCase({ type }),
  imageCase({ type }),
]

/** Options that an activation cannot do without. */
export const activationOptions: Readonly<Record<string, object>> = {
  threshold: { threshold: 0.1, defaultValue: 0.2 },
}

const probabilities = (loss: string, options: object = {}): ParityCase =>
  denseCase({
    model: {
      decoder: [{ type: 'dense', units: 4, activation: 'softmax' }],
      loss: { type: loss, ...options } as never,
    },
  })
const compared = (loss: string, options: object = {}): ParityCase =>
  denseCase({ model: { loss: { type: loss, ...options } as never } })

export const lossCases: Readonly<Record<string, readonly ParityCase[]>> = {
  binaryCrossentropy: [
    compared('binaryCrossentropy'),
    // Without logits to take the stable form from.
    denseCase({
      model: {
        decoder: [
          { type: 'dense', units: 4, activation: 'sigmoid' },
          { type: 'dropout', rate: 0 },
          { type: 'dense', units: 4, activation: 'softplus' },
        ],
        loss: 'binaryCrossentropy',
      },
    }),
  ],
  binaryFocalCrossentropy: [compared('binaryFocalCrossentropy')],
  categoricalCrossentropy: [probabilities('categoricalCrossentropy')],
  cosineSimilarity: [compared('cosineSimilarity')],
  huber: [compared('huber', { delta: 0.2 })],
  kullbackLeiblerDivergence: [probabilities('kullbackLeiblerDivergence')],
  logCosh: [compared('logCosh')],
  meanAbsoluteError: [compared('meanAbsoluteError')],
  meanAbsolutePercentageError: [{ ...compared('meanAbsolutePercentageError'), learningRate: 1e-3 }],
  meanSquaredError: [compared('meanSquaredError')],
  meanSquaredLogarithmicError: [compared('meanSquaredLogarithmicError')],
  poisson: [compared('poisson')],
  sparseCategoricalCrossentropy: [
    {
      ...denseCase({ model: { decoder: [{ type: 'dense', units: 4, activation: 'softmax' }] } }),
      fields: { input: [4], label: [] },
      classes: { label: 4 },
      labelLoss: 'sparseCategoricalCrossentropy',
    },
  ],
}

const classes = (options: object = {}): ParityCase => ({
  ...denseCase(),
  fields: { input: [4], label: [] },
  classes: { label: 3 },
  spec: {
    type: 'classifier',
    encoder: [{ type: 'dense', units: 5, activation: 'tanh' }, { type: 'batchNormalization' }],
    head: [{ type: 'dense', units: 3, activation: 'softmax' }],
    ...options,
  } as Spec,
})

export const modelCases: Readonly<Record<string, readonly ParityCase[]>> = {
  autoencoder: [denseCase()],
  classifier: [
    classes(),
    classes({ freezeEncoder: true }),
    classes({
      decoder: [{ type: 'dense', units: 4, activation: 'sigmoid' }],
      reconstructionLoss: 'binaryCrossentropy',
      reconstructionWeight: 0.5,
    }),
  ],
}

export const regularizerOptions: Readonly<Record<string, object>> = {
  klSparsity: { weight: 0.05, target: 0.1 },
  l1: { weight: 0.01, l1: 0.01 },
  l1l2: { l1: 0.01, l2: 0.02 },
  l2: { weight: 0.01, l2: 0.01 },
}

export const corruptionOptions: Readonly<Record<string, object>> = {
  dropout: { rate: 0.4 },
  gaussianNoise: { stddev: 0.3 },
  masking: { rate: 0.4 },
  saltAndPepper: { rate: 0.4 },
}

const deep = { type: 'dense', units: 5, activation: 'selu' }

/** One case a model; a penalty on the encoder of `denseCase` unless told otherwise. */
export const mappingRegularizerCases: Readonly<Record<string, readonly ParityCase[]>> = {
  contractive: [
    ...(['exact', 'stochastic'] as const).map((estimator) =>
      denseCase({
        model: { encoderRegularizer: { type: 'contractive', weight: 0.5, estimator, samples: 2 } },
      }),
    ),
    denseCase({
      model: {
        encoder: [deep, { type: 'dense', units: 3, activation: 'sigmoid' }] as never,
        encoderRegularizer: { type: 'contractive', weight: 0.5 },
        corruption: { type: 'masking', rate: 0.3 },
      },
    }),
    withEncoderRegularizer(imageCase(conv, { type: 'maxPooling2d', poolSize: 2 })),
    withEncoderRegularizer(sequenceCase({ type: 'lstm', units: 2 })),
  ],
}

function withEncoderRegularizer(one: ParityCase): ParityCase {
  return { ...one, model: { ...one.model, encoderRegularizer: { type: 'contractive', weight: 0.1 } } }
}

/** Options to try each optimizer with, beside none. */
export const optimizerOptions: Readonly<Record<string, readonly object[]>> = {
  adadelta: [{}],
  adagrad: [{}],
  adam: [{}, { amsgrad: true }, { clipNorm: 0.01, emaMomentum: 0.9 }],
  adamax: [{}],
  adamw: [{}],
  lion: [{}],
  nadam: [{}],
  rmsprop: [{}, { centered: true, momentum: 0.5 }],
  sgd: [
    {},
    { momentum: 0.9, nesterov: true },
    { clipValue: 0.01 },
    { globalClipNorm: 0.05 },
    { weightDecay: 0.01 },
  ],
}
