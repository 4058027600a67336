import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspectModel, readSafetensors } from '@sandglass/core'
import { decode } from 'fast-png'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sandglass } from '../../testing/child'

const packages = resolve(fileURLToPath(import.meta.url), '../../../../..')
let folder: string

const run = (...args: string[]) => sandglass(args, { cwd: folder })
const write = (name: string, content: unknown) =>
  writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))

/** A model with a function without inputs and a procedure, as a stranger would write it. */
const plugin = `
import { define, defineProcedure, definePlugin, layerSpec } from '@sandglass/core'
import { z } from 'zod'

const centre = defineProcedure({
  description: 'the mean of all codes',
  options: z.strictObject({ scale: z.number().default(1) }),
  data: 'required',
  run: async ({ run, data, progress }, { scale }) => {
    const { code } = await run('encode', data)
    progress(1, 1)
    const mean = scale * code.data.reduce((sum, value) => sum + value, 0) / code.data.length
    const tensors = { mean: { shape: [1], data: Float32Array.of(mean) } }
    return { figures: { mean }, attachments: { centre: { kind: 'point', spec: { type: 'acme/centre' }, tensors } } }
  },
})

export const prior = define('model', {
  type: 'acme/prior',
  description: 'an autoencoder that samples',
  schema: z.strictObject({ encoder: z.array(layerSpec()), decoder: z.array(layerSpec()) }),
  build: ({ encoder, decoder }, site) => {
    const plain = site.registry.build('model', { type: 'autoencoder', encoder, decoder }, site)
    const [latent] = plain.functions.encode.outputs.code
    const { output } = plain.functions.decode.outputs
    return {
      ...plain,
      spec: { type: 'acme/prior', encoder, decoder },
      functions: {
        ...plain.functions,
        sample: {
          inputs: {},
          outputs: { output },
          apply: (weights, _, context, size = 1) =>
            plain.functions.decode.apply(weights, { code: context.random.normal('prior', [size, latent]) }, context),
        },
      },
      procedures: { centre },
    }
  },
})

/** The first codes of the data, again and again. */
export const again = define('sampler', {
  type: 'acme/again',
  description: 'codes of data again',
  schema: z.strictObject({ count: z.int().default(2) }),
  build: ({ count }) => ({
    fit: async ({ codes, progress }) => {
      progress(1, 1)
      return { codes: { shape: [count, codes.shape[1]], data: codes.data.slice(0, count * codes.shape[1]) } }
    },
    sample: ({ tensors: { codes }, size, shape }) => ({
      shape: [size, ...shape],
      data: Float32Array.from({ length: size * shape[0] }, (_, i) => codes.data[i % codes.data.length]),
    }),
  }),
})

export const preset = define('preset', {
  type: 'acme/tiny',
  description: 'a prior on few images',
  schema: z.strictObject({}),
  build: () => ({
    family: 'sampling',
    model: {
      type: 'acme/prior',
      encoder: ['flatten', { type: 'dense', units: 2 }],
      decoder: [{ type: 'dense', units: 784, activation: 'sigmoid' }, { type: 'reshape', shape: [28, 28] }],
    },
    dataset: { type: 'fashionMnistExcerpt' },
    optimizer: { type: 'adam' },
    batchSize: 20,
    epochs: 1,
    samples: 40,
    metrics: ['roundedAccuracy'],
  }),
})

export default definePlugin({ name: 'acme', version: '1.0.0', apiVersion: 1, definitions: [prior, again, preset] })
`

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandglass-run-'))
  for (const name of ['@sandglass/core', 'zod']) {
    const target = name === 'zod' ? join(packages, 'core/node_modules/zod') : join(packages, 'core')
    await mkdir(dirname(join(folder, 'node_modules', name)), { recursive: true })
    await symlink(target, join(folder, 'node_modules', name))
  }
  await write('plugin.mjs', plugin)
  await write('model.json', {
    type: 'acme/prior',
    encoder: ['flatten', { type: 'dense', units: 2 }],
    decoder: [
      { type: 'dense', units: 784, activation: 'sigmoid' },
      { type: 'reshape', shape: [28, 28] },
    ],
  })
  const data = ['--dataset', 'fashion-mnist-excerpt', '--samples', '100', '--epochs', '1', '--backend', 'cpu']
  const { code, err } = await run(
    'train',
    'model.json',
    '--plugin',
    './plugin.mjs',
    ...data,
    '--out',
    'trained',
  )
  if (code !== 0) throw new Error(err)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const use = (...args: string[]) => run('run', 'trained', ...args, '--plugin', './plugin.mjs')

test('without the plugin it is said which is missing and how to name it', async () => {
  const { code, err } = await run('inspect', 'trained')
  expect(code).toBe(1)
  expect(err).toContain('needs the plugin acme for model/acme/prior. Got no plugin of this name;')
  expect(err).toMatch(/Install it with npm install acme\. Add --plugin acme\.\n$/)
})

test('lists functions and procedures', async () => {
  const { out } = await use()
  expect(out).toMatch(/encode +input \[28, 28\] → code \[2\]/)
  expect(out).toMatch(/sample +--size samples → output \[28, 28\]/)
  expect(out).toMatch(/centre +the mean of all codes/)
})

test('the same seed and draw give the same samples, another draw others', async () => {
  const make = async (...args: string[]) => {
    const { code, err } = await use('sample', '--size', '3', '--out', 's.safetensors', ...args)
    expect([code, err]).toEqual([0, expect.stringContaining('on ')])
    return readSafetensors(await readFile(join(folder, 's.safetensors'))).tensors.output!
  }
  const first = await make('--seed', '1')
  expect(first.shape).toEqual([3, 28, 28])
  expect(await make('--seed', '1', '--draw', '0')).toEqual(first)
  expect(await make('--seed', '1', '--draw', '1')).not.toEqual(first)
  const { code } = await use('sample', '--out', 's.png')
  expect(code).toBe(0)
  const { width, height } = decode(await readFile(join(folder, 's.png')))
  expect(width / height).toBeGreaterThan(2)
})

describe('procedures', () => {
  test('what they fit is kept in the model file', async () => {
    const { code, out, err } = await use('centre', '--options', '{"scale": 2}', '--json')
    expect([code, err]).toEqual([0, expect.stringContaining('samples of')])
    const { figures, fitted } = JSON.parse(out)
    expect(fitted).toEqual(['centre'])
    const { attachments } = inspectModel(await readFile(join(folder, 'trained', 'model.safetensors')))
    expect(attachments.centre!.tensors.mean!.data[0]).toBeCloseTo(figures.mean, 5)
    const halved = JSON.parse((await use('centre', '--save', 'other.safetensors', '--json')).out)
    expect(halved.figures.mean * 2).toBeCloseTo(figures.mean, 5)
    expect(inspectModel(await readFile(join(folder, 'other.safetensors'))).attachments.centre).toBeDefined()
  })

  test.each([
    [['sampl'], /no function or procedure "sampl"\. Expected encode, .*centre\. Did you mean "sample"\?/],
    [['centre', '--options', '{"scal": 2}'], /unknown option "scal", did you mean "scale"\?/],
    [['sample', '--options', '{}'], /--options are for procedures/],
    [['encode', '--size', '3'], /--size is for functions without inputs/],
    [['sample', '--out', 'x.gif'], /--out has an ending that says nothing\. Got .*x\.gif; expected a name/],
    [['encode', '--out', 'x.png'], /"code" holds no pictures\. Got samples of shape \[2\]/],
  ])('%j is refused', async (args, message) => {
    const { code, err } = await use(...args)
    expect([code, err]).toEqual([1, expect.stringMatching(message)])
  })
})

describe('samplers', () => {
  const draw = (...args: string[]) => run('sample', 'trained', '--plugin', './plugin.mjs', ...args)
  const drawn = async (...args: string[]) => {
    const { code, err } = await draw('--out', 'd.safetensors', ...args)
    expect([code, err.includes('Error')]).toEqual([0, false])
    return Object.values(readSafetensors(await readFile(join(folder, 'd.safetensors'))).tensors)[0]!
  }

  test('the function of the model, the prior by name, and one that is fitted, kept and then found', async () => {
    expect(await drawn('--size', '2')).toEqual(await drawn('--size', '2', '--seed', '0', '--draw', '0'))
    const prior = await drawn('--size', '3', '--sampler', 'standard-normal', '--seed', '5')
    expect(prior.shape).toEqual([3, 28, 28])
    expect(await drawn('--size', '3', '--sampler', 'standard-normal', '--seed', '6')).not.toEqual(prior)
    const again = await drawn('--size', '4', '--sampler', '{"type": "acme/again"}')
    // Two codes in turn.
    expect(again.data.subarray(0, 2 * 784)).toEqual(again.data.subarray(2 * 784))
    const { attachments } = inspectModel(await readFile(join(folder, 'trained', 'model.safetensors')))
    expect(attachments.sampler).toMatchObject({ kind: 'sampler', spec: { type: 'acme/again', count: 2 } })
  })

  test('a plain autoencoder has none until one is named', async () => {
    const data = [
      '--dataset',
      'fashion-mnist-excerpt',
      '--samples',
      '50',
      '--epochs',
      '1',
      '--backend',
      'cpu',
    ]
    await write(
      'plain.json',
      JSON.parse((await readFile(join(folder, 'model.json'), 'utf8')).replace('acme/prior', 'autoencoder')),
    )
    await run('train', 'plain.json', ...data, '--out', 'plain')
    const { code, err } = await run('sample', 'plain')
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(
        /the model has no sampler yet\. Expected one of standardNormal\. Name one: --sampler/,
      ),
    ])
    expect((await run('sample', 'plain', '--sampler', 'normal')).err).toMatch(/unknown sampler type "normal"/)
  })
})

test('a preset of a plugin is listed under its family and trains by its name', async () => {
  const { out } = await run('list', 'preset', '--plugin', './plugin.mjs')
  expect(out).toMatch(/Sampling\n +acme\/tiny +a prior on few images/)
  const { code, err } = await run(
    'train',
    'acme/tiny',
    '--plugin',
    './plugin.mjs',
    '--backend',
    'cpu',
    '--out',
    'tiny',
  )
  expect([code, err]).toEqual([0, expect.stringMatching(/Training on 40 samples/)])
  const settings = JSON.parse(await readFile(join(folder, 'tiny', 'run.json'), 'utf8'))
  expect(settings).toMatchObject({ name: 'acme/tiny', batchSize: 20, samples: 40 })
  expect((await run('train', 'acme/tiny')).err).toMatch(/unknown preset "acme\/tiny"/)
})

describe('plugins', () => {
  test('a config names them for every command in its folder', async () => {
    await write('sandglass.config.mjs', "export default { plugins: ['./plugin.mjs'] }\n")
    try {
      const { out } = await run('list', 'model')
      expect(out).toMatch(/acme\/prior +an autoencoder that samples/)
      await write('sandglass.config.mjs', 'export default { plugin: [] }\n')
      const { err } = await run('list', 'model')
      expect(err).toMatch(/sandglass\.config\.mjs is malformed\. Got "plugin"; expected export default/)
    } finally {
      await rm(join(folder, 'sandglass.config.mjs'))
    }
  })

  test.each([
    ['./nothing.mjs', /the plugin \.\/nothing\.mjs cannot be found\. Got no file .*nothing\.mjs/],
    ['acme-nothing', /the plugin acme-nothing cannot be found\. Got no package .* npm install acme-nothing/],
    ['./model.json.mjs', /model\.json\.mjs cannot be loaded\. Got Unexpected token/],
    ['zod', /zod is no plugin\. Got the default export .*; expected what definePlugin/],
  ])('%s is refused', async (name, message) => {
    await write('model.json.mjs', '{ "a": 1 }')
    const { code, err } = await run('list', '--plugin', name)
    expect([code, err]).toEqual([1, expect.stringMatching(message)])
  })
})
