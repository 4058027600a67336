import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  batchNormalization,
  conv2d,
  conv2dTranspose,
  core,
  createRegistry,
  createStreams,
  define,
  defineLayer,
  definePlugin,
  dense,
  flatten,
  type HostRecord,
  type Layer,
  lstm,
  type Model,
  maxPooling2d,
  repeatVector,
  reshape,
  timeDistributed,
  zeroPadding2d,
} from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { exportOnnx } from './export-onnx'
import { expectAgreement, runEagerly, sample } from './testing/parity'

const uniform = (shape: readonly number[]) => ({
  shape,
  initializer: (_: unknown, stream: { uniform(out: Float32Array): Float32Array }) =>
    stream.uniform(new Float32Array(shape.reduce((n, extent) => n * extent, 1))).map((x) => x - 0.5),
})
/** A layer without options. */
const simple = <const Type extends string>(
  type: Type,
  build: (inputShape: readonly number[]) => Pick<Layer, 'outputShape' | 'apply'> & Partial<Layer>,
) => defineLayer({ type, description: type, options: {}, build: (_, { inputShape }) => build(inputShape) })

/** Layers whose graphs hold shapes of every kind: convolutions, loops from a zero state, reductions. */
const testing = definePlugin({
  name: 'test',
  version: '1.0.0',
  apiVersion: 1,
  definitions: [
    simple('test/down', ([h, w, c]) => ({
      outputShape: [h! / 2, w! / 2, 3],
      weights: { kernel: uniform([3, 3, c!, 3]) },
      apply: ({ input, weights }) => ({
        output: tf.maxPool(
          tf.selu(tf.conv2d(input as tf.Tensor4D, weights.kernel as tf.Tensor4D, 1, 'same')),
          2,
          2,
          'valid',
        ),
      }),
    })),
    simple('test/up', ([h, w, c]) => ({
      outputShape: [h! * 2, w! * 2, 1],
      weights: { kernel: uniform([3, 3, 1, c!]) },
      apply: ({ input, weights }) => ({
        output: tf.sigmoid(
          tf.conv2dTranspose(
            input as tf.Tensor4D,
            weights.kernel as tf.Tensor4D,
            [input.shape[0]!, h! * 2, w! * 2, 1],
            2,
            'same',
          ),
        ),
      }),
    })),
    simple('test/loop', ([steps, width]) => ({
      outputShape: [4],
      weights: { kernel: uniform([width! + 4, 4]) },
      apply: ({ input, weights }) => {
        let state: tf.Tensor = tf.zeros([input.shape[0]!, 4])
        for (let t = 0; t < steps!; t++) {
          const x = tf.reshape(tf.slice(input, [0, t, 0], [-1, 1, -1]), [-1, width!])
          state = tf.tanh(tf.matMul(tf.concat([x, state], 1) as tf.Tensor2D, weights.kernel as tf.Tensor2D))
        }
        return { output: state }
      },
    })),
    simple('test/repeat', ([width]) => ({
      outputShape: [5, width!],
      apply: ({ input }) => ({ output: tf.tile(tf.expandDims(input, 1), [1, 5, 1]) }),
    })),
    simple('test/centred', (shape) => ({
      outputShape: shape,
      apply: ({ input }) => ({ output: tf.sub(input, tf.div(tf.sum(input, 0), input.shape[0]!)) }),
    })),
    simple('test/noisy', (shape) => ({
      outputShape: shape,
      apply: ({ input, context }) => ({
        output: tf.add(input, context.random.normal('noise', input.shape)),
      }),
    })),
    define('activation', {
      type: 'test/ramp',
      description: 'x + (0, 1, 2, …)',
      schema: z.strictObject({}),
      build: () => ({ apply: (x) => tf.add(x, tf.broadcastTo(tf.range(0, x.shape[1]!), x.shape)) }),
    }),
  ],
})
const registry = createRegistry([core, testing])

function make(spec: object, input: number[]): { model: Model; weights: HostRecord } {
  const model = registry.build('model', { type: 'autoencoder', ...spec }, { registry, fields: { input } })
  const weights = Object.fromEntries(
    Object.entries(model.weights).map(([name, { shape }]) => {
      const data = createStreams(3)
        .at(name)
        .uniform(new Float32Array(shape.reduce((n, e) => n * e, 1)))
      return [name, { shape, data: data.map((x) => x * 0.8 + 0.1) }]
    }),
  )
  return { model, weights }
}

const models: Record<string, ReturnType<typeof make>> = {
  dense: make(
    {
      encoder: [
        flatten(),
        dense({ units: 5, activation: 'selu' }),
        dense({ units: 3, activation: 'sigmoid' }),
      ],
      decoder: [dense({ units: 12, activation: 'test/ramp' as never }), reshape({ shape: [3, 4] })],
    },
    [3, 4],
  ),
  tied: make(
    {
      encoder: [dense({ units: 3, activation: 'tanh' })],
      decoder: [dense({ units: 6, tiedTo: 'encoder/0', activation: 'sigmoid' })],
    },
    [6],
  ),
  'batch normalization': make(
    {
      encoder: [dense({ units: 3 }), batchNormalization()],
      decoder: [dense({ units: 6 }), batchNormalization()],
    },
    [6],
  ),
  convolution: make(
    {
      encoder: [{ type: 'test/down' }],
      decoder: [{ type: 'test/up' }, { type: 'activation', activation: 'elu' }],
    },
    [8, 8, 1],
  ),
  recurrent: make(
    { encoder: [{ type: 'test/loop' }], decoder: [{ type: 'test/repeat' }, dense({ units: 3 })] },
    [5, 3],
  ),
  'convolution, layers of core': make(
    {
      encoder: [
        conv2d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'selu' }),
        maxPooling2d({ poolSize: 2 }),
      ],
      decoder: [
        conv2dTranspose({ filters: 1, kernelSize: 3, strides: 2, padding: 'same', activation: 'sigmoid' }),
      ],
    },
    [6, 6, 1],
  ),
  // Negative numbers within a border of zeros.
  'pooling within a border': make(
    {
      encoder: [
        conv2d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'tanh' }),
        zeroPadding2d({ padding: 1 }),
        maxPooling2d({ poolSize: 3, strides: 1 }),
      ],
      decoder: [conv2d({ filters: 1, kernelSize: 3, padding: 'same', activation: 'sigmoid' })],
    },
    [6, 6, 1],
  ),
  'recurrent, layers of core': make(
    {
      encoder: [lstm({ units: 4, returnSequences: true }), lstm({ units: 3 })],
      decoder: [
        repeatVector({ n: 5 }),
        lstm({ units: 4, returnSequences: true }),
        timeDistributed({ layer: dense({ units: 3, activation: 'sigmoid' }) }),
      ],
    },
    [5, 3],
  ),
}

async function runFile(bytes: Uint8Array, feeds: HostRecord): Promise<HostRecord> {
  const session = await InferenceSession.create(bytes)
  const results = await session.run(
    Object.fromEntries(
      Object.entries(feeds).map(([name, { shape, data }]) => [
        name,
        new Tensor('float32', data as Float32Array, shape),
      ]),
    ),
  )
  const read = Object.entries(results).map(([name, { dims, data }]) => [name, { shape: dims, data }])
  await session.release()
  return Object.fromEntries(read) as HostRecord
}

function eager({ model, weights }: ReturnType<typeof make>, name: string, inputs: HostRecord) {
  const random = { uniform: refuse, normal: refuse, truncatedNormal: refuse }
  return runEagerly(
    (tensors) => {
      const under = (prefix: string) =>
        Object.fromEntries(
          Object.entries(tensors)
            .filter(([n]) => n.startsWith(prefix))
            .map(([n, t]) => [n.slice(prefix.length), t]),
        )
      return model.functions[name]!.apply(under('w:'), under('x:'), { training: false, random })
    },
    Object.fromEntries([
      ...Object.entries(weights).map(([n, w]) => [`w:${n}`, w]),
      ...Object.entries(inputs).map(([n, x]) => [`x:${n}`, x]),
    ]),
  )
}

function refuse(): never {
  throw new Error('no random numbers here')
}

describe.each(Object.entries(models))('%s', (_, made) => {
  test.each(['encode', 'decode', 'reconstruct'])(
    '%s: one file gives the eager outputs for any batch',
    async (name) => {
      const bytes = exportOnnx(made.model, name, made.weights)
      const { inputs } = made.model.functions[name]!
      for (const batch of [1, 3, 32]) {
        const given = Object.fromEntries(
          Object.entries(inputs).map(([field, shape]) => [field, sample(field, [batch, ...shape])]),
        )
        expectAgreement(await runFile(bytes, given), await eager(made, name, given))
      }
    },
  )
})

test('a fixed batch is fixed', async () => {
  const { model, weights } = models.dense!
  const bytes = exportOnnx(model, 'encode', weights, { batch: 2 })
  const input = sample('x', [2, 3, 4])
  expectAgreement(await runFile(bytes, { input }), await eager(models.dense!, 'encode', { input }))
  await expect(runFile(bytes, { input: sample('x', [3, 3, 4]) })).rejects.toThrow(/invalid dimensions/)
})

test('a function that mixes the samples of a batch can only be exported for one size', async () => {
  const mixed = make({ encoder: [{ type: 'test/centred' }], decoder: [dense({ units: 4 })] }, [4])
  expectError(() => exportOnnx(mixed.model, 'encode', mixed.weights), {
    code: 'backend',
    message:
      /^"encode" cannot be exported for batches of any size\. Got a function in which a constant that the operator (Mul|Div) reads depends on the batch size in a way that ONNX shapes cannot follow\. Export it for one size: give the option `batch`\.$/,
  })
  const input = sample('x', [3, 4])
  const bytes = exportOnnx(mixed.model, 'encode', mixed.weights, { batch: 3 })
  expectAgreement(await runFile(bytes, { input }), await eager(mixed, 'encode', { input }))
})

test('random numbers are inputs', async () => {
  const { model, weights } = make({ encoder: [{ type: 'test/noisy' }], decoder: [dense({ units: 4 })] }, [4])
  const [input, noise] = [sample('x', [3, 4]), sample('noise', [3, 4])]
  const { code } = await runFile(exportOnnx(model, 'encode', weights), {
    input,
    'random/normal/noise': noise,
  })
  const expected = input.data.map((x, i) => x + noise.data[i]!)
  expectAgreement({ code: code! }, { code: { shape: [3, 4], data: expected } })
})

test('a file says what it is', () => {
  const { model, weights } = models.tied!
  const text = new TextDecoder('latin1').decode(
    exportOnnx(model, 'encode', weights, { metadata: { by: 'me' } }),
  )
  for (const part of [
    'sandglass.spec',
    JSON.stringify(model.spec),
    'sandglass.function',
    'sandglass.version',
    'encoder/0/kernel',
    'encode of a Sandglass model (autoencoder): input [batch, 6]',
  ])
    expect(text).toContain(part)
})

test('what does not fit is refused', () => {
  const { model, weights } = models.tied!
  const { 'encoder/0/bias': bias, ...rest } = weights
  expectError(() => exportOnnx(model, 'encoed', weights), {
    code: 'spec',
    message: /^the model has no function "encoed"\. Expected one of encode, decode, reconstruct\.$/,
  })
  expectError(() => exportOnnx(model, 'toString', weights), {
    code: 'spec',
    message: /no function "toString"/,
  })
  expectError(() => exportOnnx(model, 'encode', rest), {
    code: 'shape',
    message: /^cannot export: the weight "encoder\/0\/bias" does not fit\. Got nothing; expected \[3\]\.$/,
  })
  expectError(() => exportOnnx(model, 'encode', { ...rest, 'encoder/0/bias': { ...bias!, shape: [4] } }), {
    code: 'shape',
    message: /Got \[4\], 3 elements; expected \[3\]\.$/,
  })
  expectError(() => exportOnnx(model, 'encode', weights, { batch: 0.5 }), {
    code: 'spec',
    message: /^the batch of an export must be a positive integer\. Got 0\.5\.$/,
  })
})

const python = process.env.SANDGLASS_PYTHON

test.skipIf(!python && !process.env.SANDGLASS_REQUIRE?.split(',').includes('python'))(
  "Python's onnx.checker finds every file sound",
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandglass-export-'))
    try {
      const files = Object.entries(models).flatMap(([title, { model, weights }]) =>
        Object.keys(model.functions).flatMap((name) =>
          [undefined, 4].map((batch) => {
            const file = join(folder, `${title}-${name}-${batch}.onnx`)
            writeFileSync(file, exportOnnx(model, name, weights, { batch }))
            return file
          }),
        ),
      )
      const check =
        'import sys, onnx; [onnx.checker.check_model(f, full_check=True) for f in sys.argv[1:]]; print(len(sys.argv) - 1)'
      const out = execFileSync(python ?? 'python3', ['-c', check, ...files], { encoding: 'utf8' })
      expect(Number(out)).toBe(files.length)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)
