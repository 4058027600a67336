import { expectError } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import { defaultRegistry } from './node/index'

const registry = defaultRegistry()
const messageOf = (kind: string, spec: unknown) =>
  expectError(() => registry.parse(kind as never, spec), { code: 'spec' }).message

// Names of Keras 3 and PyTorch 2, as they are written there.
describe('types of elsewhere', () => {
  test.each([
    [
      'activation',
      { swish: 'silu', hard_sigmoid: 'hardSigmoid', hard_swish: 'hardSilu', leaky_relu: 'leakyRelu' },
    ],
    [
      'activation',
      { 'nn.SiLU': 'silu', 'nn.Hardtanh': 'hardTanh', 'nn.Identity': 'linear', log_softmax: 'logSoftmax' },
    ],
    [
      'loss',
      {
        mse: 'meanSquaredError',
        MSE: 'meanSquaredError',
        mae: 'meanAbsoluteError',
        mape: 'meanAbsolutePercentageError',
      },
    ],
    [
      'loss',
      {
        msle: 'meanSquaredLogarithmicError',
        bce: 'binaryCrossentropy',
        kld: 'kullbackLeiblerDivergence',
        log_cosh: 'logCosh',
      },
    ],
    [
      'loss',
      {
        mean_squared_error: 'meanSquaredError',
        binary_crossentropy: 'binaryCrossentropy',
        kl_divergence: 'kullbackLeiblerDivergence',
      },
    ],
    [
      'loss',
      {
        'nn.MSELoss': 'meanSquaredError',
        L1Loss: 'meanAbsoluteError',
        SmoothL1Loss: 'huber',
        BCEWithLogitsLoss: 'binaryCrossentropy',
      },
    ],
    [
      'loss',
      {
        'nn.KLDivLoss': 'kullbackLeiblerDivergence',
        NLLLoss: 'sparseCategoricalCrossentropy',
        PoissonNLLLoss: 'poisson',
      },
    ],
    [
      'metric',
      { mse: 'meanSquaredError', rmse: 'rootMeanSquaredError', RootMeanSquaredError: 'rootMeanSquaredError' },
    ],
    [
      'layer',
      {
        Dense: 'dense',
        'nn.Linear': 'dense',
        Conv2D: 'conv2d',
        ConvTranspose2d: 'conv2dTranspose',
        Conv2DTranspose: 'conv2dTranspose',
      },
    ],
    [
      'layer',
      {
        'nn.MaxPool2d': 'maxPooling2d',
        AveragePooling2D: 'averagePooling2d',
        'nn.BatchNorm2d': 'batchNormalization',
        LayerNorm: 'layerNormalization',
      },
    ],
    [
      'layer',
      {
        SimpleRNN: 'simpleRnn',
        'nn.RNN': 'simpleRnn',
        LSTM: 'lstm',
        GRU: 'gru',
        'nn.Unflatten': 'reshape',
        'nn.Upsample': 'upSampling2d',
      },
    ],
    [
      'layer',
      {
        'nn.Conv1d': 'conv1d',
        'nn.ConvTranspose1d': 'conv1dTranspose',
        'nn.MaxPool1d': 'maxPooling1d',
        UpSampling1D: 'upSampling1d',
      },
    ],
    [
      'initializer',
      {
        glorot_uniform: 'glorotUniform',
        xavier_uniform_: 'glorotUniform',
        he_normal: 'heNormal',
        kaiming_normal_: 'heNormal',
      },
    ],
    [
      'initializer',
      {
        lecun_normal: 'lecunNormal',
        random_normal: 'randomNormal',
        normal_: 'randomNormal',
        eye_: 'identity',
        trunc_normal_: 'truncatedNormal',
      },
    ],
    ['regularizer', { L2: 'l2', l1_l2: 'l1l2', L1L2: 'l1l2' }],
    [
      'optimizer',
      {
        Adam: 'adam',
        AdamW: 'adamw',
        RMSprop: 'rmsprop',
        SGD: 'sgd',
        'optim.NAdam': 'nadam',
        momentum: 'sgd',
      },
    ],
    [
      'schedule',
      {
        ExponentialDecay: 'exponential',
        CosineAnnealingLR: 'cosine',
        StepLR: 'step',
        ReduceLROnPlateau: 'plateau',
      },
    ],
    [
      'callback',
      {
        EarlyStopping: 'earlyStopping',
        ModelCheckpoint: 'modelCheckpoint',
        TensorBoard: 'tensorBoard',
        CSVLogger: 'csvLog',
      },
    ],
    ['corruption', { gaussian: 'gaussianNoise', salt_and_pepper: 'saltAndPepper' }],
    ['backend', { onnx: 'onnxruntime', 'tfjs-node': 'tensorflow', coreml: 'onnxruntime-coreml' }],
  ] as const)('%s: %o', (kind, names) => {
    for (const [name, ours] of Object.entries(names))
      expect(messageOf(kind, name)).toMatch(new RegExp(`(Sandglass calls it|Did you mean) "${ours}"[?.]$`))
  })

  test('that mean several things name them all', () => {
    expect(messageOf('backend', 'gpu')).toMatch(
      /Sandglass calls it "tensorflow-gpu", "webgl", "webgpu", "onnxruntime-webgpu" or "onnxruntime-cuda"\.$/,
    )
    expect(messageOf('loss', 'CrossEntropyLoss')).toMatch(
      /Sandglass calls it "categoricalCrossentropy" or "sparseCategoricalCrossentropy"\.$/,
    )
  })

  test('are all found by what is declared', () => {
    const declared = registry.list().filter(({ aliases }) => aliases)
    expect(declared.length).toBeGreaterThan(60)
    for (const { kind, type, aliases } of declared)
      for (const alias of aliases!) expect(messageOf(kind, alias)).toContain(`"${type}"`)
  })
})

describe('options of elsewhere', () => {
  test.each([
    ['regularizer', { type: 'l2', factor: 0.1 }, 'unknown option "factor", called "l2" here'],
    ['optimizer', { type: 'sgd', lr: 1 }, 'unknown option "lr", called "learningRate" here'],
    [
      'optimizer',
      { type: 'adam', learning_rate: 1 },
      'unknown option "learning_rate", did you mean "learningRate"?',
    ],
    ['optimizer', { type: 'adam', beta_1: 0.9 }, 'unknown option "beta_1", did you mean "beta1"?'],
    [
      'optimizer',
      { type: 'adam', betas: [0.9, 0.99] },
      'unknown option "betas": they are two options here, beta1 and beta2',
    ],
    ['optimizer', { type: 'adam', eps: 1e-8 }, 'unknown option "eps", called "epsilon" here'],
    ['optimizer', { type: 'adam', clipnorm: 1 }, 'unknown option "clipnorm", did you mean "clipNorm"?'],
    ['layer', { type: 'dropout', p: 0.1 }, 'unknown option "p", called "rate" here'],
    ['layer', { type: 'gaussianNoise', std: 0.1 }, 'unknown option "std", called "stddev" here'],
    [
      'layer',
      { type: 'conv2d', filters: 2, kernel_size: 3 },
      'unknown option "kernel_size", did you mean "kernelSize"?',
    ],
    [
      'layer',
      { type: 'conv2d', out_channels: 2, kernelSize: 3 },
      'unknown option "out_channels", called "filters" here',
    ],
    [
      'layer',
      { type: 'lstm', units: 3, stateful: true },
      'unknown option "stateful": every sequence begins with a state of zeros',
    ],
    [
      'loss',
      { type: 'binaryCrossentropy', from_logits: true },
      'unknown option "from_logits": after a sigmoid or softmax its logits are used',
    ],
    [
      'regularizer',
      { type: 'klSparsity', weight: 1, rho: 0.1 },
      'unknown option "rho", called "target" here',
    ],
    [
      'model',
      { type: 'autoencoder', optimizer: 'adam' },
      'unknown option "optimizer": it is an option of fit',
    ],
    [
      'schedule',
      { type: 'step', initial: 1, step_size: 3 },
      'unknown option "step_size", called "every" here',
    ],
  ])('%s %o', (kind, spec, text) => {
    expect(messageOf(kind, spec)).toContain(text)
  })

  test('are all found by what is declared', () => {
    let tried = 0
    for (const { kind, type } of registry.list()) {
      const { aliases } = registry.get(kind, type)
      for (const [option, names] of Object.entries(aliases?.options ?? {}))
        for (const name of names ?? []) {
          tried++
          expect(messageOf(kind, { type, [name]: 0 })).toMatch(
            new RegExp(`unknown option "${name}", (called|did you mean) "${option}"`),
          )
        }
      for (const [name, advice] of Object.entries(aliases?.absent ?? {}))
        expect(messageOf(kind, { type, [name]: 0 })).toContain(`unknown option "${name}": ${advice}`)
    }
    expect(tried).toBeGreaterThan(80)
  })
})

test('advice on plugins is for those who call fit', () => {
  expect(messageOf('layer', 'acme/tv')).toMatch(
    /Add the plugin that provides "acme\/…" to the option plugins: fit\(model, data, \{ plugins: \[\.\.\.\] \}\)\.$/,
  )
  for (const [kind, type] of [
    ['dataset', 'nope'],
    ['optimizer', 'nope'],
  ] as const)
    expect(messageOf(kind, type)).not.toMatch(/plugin|createRegistry/)
})
