import type { Kind } from '@sandglass/core'
import { type ParityCase, registry } from './fixture'

const conv = (filters: number, more: object = {}) => ({
  type: 'conv2d',
  filters,
  kernelSize: 3,
  padding: 'same',
  activation: 'selu',
  ...more,
})
const stacked = {
  encoder: [
    { type: 'flatten' },
    { type: 'dense', units: 24, activation: 'selu' },
    { type: 'dense', units: 8, activation: 'selu' },
  ],
  decoder: [
    { type: 'dense', units: 24, activation: 'selu' },
    { type: 'dense', units: 64, activation: 'sigmoid' },
    { type: 'reshape', shape: [8, 8] },
  ],
  loss: 'binaryCrossentropy',
}
const sparsity = { type: 'klSparsity', weight: 0.05, target: 0.1 }
const wholes: Readonly<
  Record<string, Omit<ParityCase, 'model' | 'fields'> & { model: object; fields?: object }>
> = {
  'sparse with a KL penalty': {
    model: {
      ...stacked,
      encoder: [
        { type: 'flatten' },
        { type: 'dense', units: 24, activation: 'selu' },
        { type: 'dense', units: 30, activation: 'sigmoid', activityRegularizer: sparsity },
      ],
    },
    learningRate: 1,
  },
  'stacked, by Adam': { model: stacked, optimizer: 'adam', learningRate: 1e-3 },
  // 1,000 tensors and more: weights, their gradients and two slots of each.
  '121 layers, by Adam': {
    model: {
      encoder: [
        { type: 'flatten' },
        ...Array.from({ length: 119 }, () => ({ type: 'dense', units: 4, activation: 'tanh' })),
      ],
      decoder: [
        { type: 'dense', units: 64 },
        { type: 'reshape', shape: [8, 8] },
      ],
    },
    optimizer: 'adam',
    learningRate: 1e-4,
    steps: 2,
  },
  tied: {
    model: {
      ...stacked,
      encoder: [{ type: 'flatten' }, { type: 'dense', units: 16, activation: 'selu' }],
      decoder: [
        { type: 'dense', units: 64, activation: 'sigmoid', tiedTo: 'encoder/1' },
        { type: 'reshape', shape: [8, 8] },
      ],
    },
    learningRate: 0.5,
  },
  denoising: {
    model: { ...stacked, corruption: { type: 'gaussianNoise', stddev: 0.2 } },
    learningRate: 0.5,
  },
  'with dropout and batch normalization': {
    model: {
      ...stacked,
      encoder: [
        { type: 'flatten' },
        { type: 'dropout', rate: 0.3 },
        { type: 'dense', units: 24, activation: 'relu' },
        { type: 'batchNormalization' },
        { type: 'dense', units: 8 },
      ],
    },
    optimizer: 'nadam',
    learningRate: 1e-3,
    batch: 16,
  },
  convolutional: {
    fields: { input: [8, 8, 1] },
    model: {
      encoder: [
        conv(4),
        { type: 'maxPooling2d', poolSize: 2 },
        conv(6),
        { type: 'maxPooling2d', poolSize: 2 },
      ],
      decoder: [
        { ...conv(4), type: 'conv2dTranspose', strides: 2 },
        { ...conv(1), type: 'conv2dTranspose', strides: 2, activation: 'sigmoid' },
      ],
      loss: 'binaryCrossentropy',
    },
    learningRate: 0.2,
    batch: 4,
    steps: 40,
  },
  // ONNX Runtime would make the border that of the pooling, where it is no longer zero.
  'pooling within a border': {
    fields: { input: [6, 6, 1] },
    model: {
      encoder: [
        conv(3, { activation: 'tanh' }),
        { type: 'zeroPadding2d', padding: 1 },
        { type: 'maxPooling2d', poolSize: 3, strides: 1 },
        { type: 'zeroPadding2d', padding: 1 },
        { type: 'averagePooling2d', poolSize: 1, strides: 1 },
      ],
      decoder: [{ type: 'cropping2d', cropping: 1 }, conv(1, { activation: 'sigmoid' })],
      loss: 'binaryCrossentropy',
    },
    steps: 10,
  },
  'pooling that skips pixels': {
    fields: { input: [5, 6, 1] },
    model: {
      encoder: [
        conv(1),
        { type: 'averagePooling2d', poolSize: 1, strides: 2 },
        conv(2),
        { type: 'maxPooling2d', poolSize: 1, strides: 2 },
        { type: 'flatten' },
      ],
      decoder: [
        { type: 'dense', units: 30, activation: 'sigmoid' },
        { type: 'reshape', shape: [5, 6, 1] },
      ],
      loss: 'binaryCrossentropy',
    },
    steps: 10,
  },
  // What tfjs gives for the gradient of splitting into one part is an error.
  'sequences of one step': {
    fields: { input: [1, 3] },
    model: {
      encoder: [{ type: 'layerNormalization' }, { type: 'lstm', units: 4 }],
      decoder: [
        { type: 'repeatVector', n: 1 },
        { type: 'gru', units: 3, returnSequences: true, activation: 'sigmoid' },
      ],
      loss: 'meanSquaredError',
    },
    steps: 10,
  },
  recurrent: {
    model: {
      encoder: [
        { type: 'lstm', units: 6, returnSequences: true },
        { type: 'lstm', units: 4 },
      ],
      decoder: [
        { type: 'repeatVector', n: 8 },
        { type: 'lstm', units: 6, returnSequences: true },
        { type: 'timeDistributed', layer: { type: 'dense', units: 8, activation: 'sigmoid' } },
      ],
      loss: 'binaryCrossentropy',
    },
    learningRate: 0.2,
    steps: 20,
  },
}

const kinds: readonly Kind[] = ['layer', 'corruption', 'regularizer']

/** Whole models, 100 steps each, as far as what they need is registered. */
export const wholeModels: readonly [string, ParityCase][] = Object.entries(wholes)
  .filter(([, { model }]) => {
    const types = JSON.stringify(model).match(/(?<="type":")\w+/g) ?? []
    return types.every((type) => kinds.some((kind) => registry.has(kind, type)))
  })
  .map(([name, one]) => [
    name,
    { fields: { input: [8, 8] }, steps: 100, batch: 8, ...one } as unknown as ParityCase,
  ])
