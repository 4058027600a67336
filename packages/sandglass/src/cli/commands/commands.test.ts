import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSafetensors } from '@sandglass/core'
import { decode } from 'fast-png'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sandglass } from '../../testing/child'

let folder: string
const small = ['--dataset', 'fashion-mnist-excerpt', '--backend', 'cpu', '--batch-size', '200']
type Layer = string | { type: string; [option: string]: unknown }
const spec: { type: string; encoder: Layer[]; decoder: Layer[]; loss: string } = {
  type: 'autoencoder',
  encoder: [
    'flatten',
    {
      type: 'dense',
      units: 8,
      activation: 'sigmoid',
      activityRegularizer: { type: 'klSparsity', weight: 0.05, target: 0.1 },
    },
  ],
  decoder: [
    { type: 'dense', units: 784, activation: 'sigmoid' },
    { type: 'reshape', shape: [28, 28] },
  ],
  loss: 'binaryCrossentropy',
}
const points = {
  type: 'autoencoder',
  encoder: [{ type: 'dense', units: 1 }],
  decoder: [{ type: 'dense', units: 2 }],
}

const run = (...args: string[]) => sandglass(args, { cwd: folder })
const write = (name: string, content: unknown) =>
  writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandglass-cli-'))
  await write('model.json', spec)
  await write('points.json', points)
  await write('small.csv', `a,b\n${Array.from({ length: 20 }, (_, i) => `${i},${-i}`).join('\n')}\n`)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a run', () => {
  let document: Record<string, unknown> & { history: Record<string, number>[]; paths: Record<string, string> }

  test('--json: stdout is one document, with what the manual promises', async () => {
    const { code, out, err } = await run(
      'train',
      'model.json',
      ...small,
      '--epochs',
      '2',
      '--seed',
      '7',
      '--out',
      'run',
      '--json',
    )
    expect(err).toMatch(/Data: an excerpt of Fashion-MNIST/)
    expect(err).toMatch(/^Epoch 1\/2 {2}loss .* val_loss /m)
    expect(err).not.toContain('\u001b')
    expect(code).toBe(0)
    document = JSON.parse(out)
    expect(Object.keys(document).sort()).toEqual(
      [
        'activity',
        'backend',
        'data',
        'history',
        'meanActivation',
        'monitor',
        'paths',
        'seed',
        'stepsPerSecond',
      ].sort(),
    )
    expect(document).toMatchObject({
      backend: { id: 'cpu', device: expect.any(String) },
      seed: 7,
      stepsPerSecond: expect.any(Number),
      data: { provenance: expect.stringContaining('excerpt') },
      paths: {
        run: expect.stringMatching(/run$/),
        model: expect.stringMatching(/run\/model\.safetensors$/),
        report: expect.stringMatching(/run\/report\.html$/),
      },
    })
    expect(document.history.map(({ epoch }) => epoch)).toEqual([1, 2])
    for (const name of ['loss', 'reconstruction', 'activityRegularization', 'roundedAccuracy'])
      for (const entry of document.history) {
        expect(entry[name]).toBeGreaterThanOrEqual(0)
        expect(entry[`val_${name}`]).toBeGreaterThanOrEqual(0)
      }
    expect(document.history[1]!.loss).toBeLessThan(document.history[0]!.loss!)
  })

  test('leaves its folder: spec, history, checkpoint, model, report and pictures', async () => {
    const names = await readdir(join(folder, 'run'))
    expect(names.sort()).toEqual([
      'activity.jsonl',
      'checkpoints',
      'curves.png',
      'first-layer.png',
      'history.jsonl',
      'latent-space.png',
      'mean-activation-by-epoch.png',
      'mean-activation.png',
      'model.safetensors',
      'reconstructions.png',
      'report.html',
      'result.json',
      'run.json',
      'spec.json',
    ])
    const text = (name: string) => readFile(join(folder, 'run', name), 'utf8')
    expect(
      (await text('history.jsonl'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(document.history)
    expect(JSON.parse(await text('result.json'))).toEqual(document)
    expect(JSON.parse(await text('spec.json'))).toMatchObject({
      type: 'autoencoder',
      loss: { type: 'binaryCrossentropy' },
    })
    const page = await text('report.html')
    expect([...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, heading]) => heading)).toEqual([
      'Training',
      'Reconstructions',
      'First layer',
      'Mean activation',
      'Mean activation by epoch',
      'Latent space',
      'Model',
      'Settings',
    ])
    for (const name of ['Ankle boot', 'target 0.1000', 'seed', 'sandglass train spec.json'])
      expect(page).toContain(name)
    expect(page).not.toContain('did not find')
    for (const name of names.filter((each) => each.endsWith('.png')))
      expect(decode(await readFile(join(folder, 'run', name))).width).toBeGreaterThan(500)
  })

  test('can be evaluated, and tells what training told', async () => {
    const { out } = await run(
      'evaluate',
      'run',
      '--split',
      'validation',
      '--batch-size',
      '200',
      '--backend',
      'cpu',
      '--json',
    )
    const measured = JSON.parse(out)
    expect(measured).toMatchObject({
      split: 'validation',
      samples: 200,
      backend: { id: 'cpu' },
      deadUnits: [{ layer: 'encoder/1', units: 8, dead: [] }],
    })
    for (const name of ['loss', 'reconstruction', 'roundedAccuracy'])
      expect(measured[name]).toBeCloseTo(document.history[1]![`val_${name}`]!, 5)
  })

  test('gives codes and reconstructions, as tables, tensors and pictures', async () => {
    const results = await Promise.all([
      run('encode', 'run', '--count', '5', '--out', 'codes.csv', '--backend', 'cpu'),
      run(
        'encode',
        'run/model.safetensors',
        '--count',
        '5',
        '--out',
        'codes.safetensors',
        '--backend',
        'cpu',
      ),
      run('reconstruct', 'run', '--backend', 'cpu', '--json'),
    ])
    expect(results.map(({ code, err }) => (code ? err : code))).toEqual([0, 0, 0])
    const rows = (await readFile(join(folder, 'codes.csv'), 'utf8')).trim().split('\n')
    expect(rows).toHaveLength(6)
    expect(rows[0]).toBe('code_0,code_1,code_2,code_3,code_4,code_5,code_6,code_7,label')
    const { tensors } = readSafetensors(await readFile(join(folder, 'codes.safetensors')))
    expect(tensors.code!.shape).toEqual([5, 8])
    expect(Float32Array.from(rows.slice(1).flatMap((row) => row.split(',').slice(0, 8).map(Number)))).toEqual(
      tensors.code!.data,
    )
    expect(JSON.parse(results[2].out).shape).toEqual([10, 28, 28])
    expect(decode(await readFile(join(folder, 'reconstructions.png'))).width).toBeGreaterThan(500)
  })

  test('can be inspected', async () => {
    const [table, json] = await Promise.all([
      run('inspect', 'run'),
      run('inspect', 'run/model.safetensors', '--json'),
    ])
    for (const part of [
      'autoencoder, model format 1',
      'encoder/1/kernel',
      '[784, 8]',
      '@sandglass/regularizers',
      'excerpt',
    ])
      expect(table.out).toContain(part)
    expect(JSON.parse(json.out).weights[0]).toEqual({
      name: 'encoder/1/kernel',
      shape: [784, 8],
      parameters: 6272,
    })
  })

  test('is not overwritten', async () => {
    const { code, err } = await run('train', 'model.json', ...small, '--out', 'run')
    expect(code).toBe(1)
    expect(err).toMatch(
      /^Error: run holds a run already\. Choose another folder with --out, or go on with that run: sandglass resume run/,
    )
  })

  test('that is complete says how to train longer, and does', async () => {
    const refused = await run('resume', 'run')
    expect(refused.code).toBe(1)
    expect(refused.err).toMatch(
      /^Error: run is complete\. Got 2 of 2 epochs done\. To train it longer: sandglass resume run --epochs 4/,
    )
    const { out } = await run('resume', 'run', '--epochs', '3', '--json')
    const longer = JSON.parse(out)
    expect(longer.history).toHaveLength(3)
    expect(longer.history.slice(0, 2)).toEqual(document.history)
    const activity = (await readFile(join(folder, 'run', 'activity.jsonl'), 'utf8')).trim().split('\n')
    expect(activity.map((line) => JSON.parse(line))).toMatchObject(
      [1, 2, 3].map((epoch) => ({ epoch, layer: 'encoder/1', means: expect.any(Array) })),
    )
  })
})

test('Ctrl-C stops with a checkpoint and says how to go on', async () => {
  let sent = false
  const stopped = await sandglass(
    ['train', 'model.json', ...small, '--epochs', '500', '--out', 'halted', '--json'],
    {
      cwd: folder,
      onError: (text, kill) => {
        if (sent || !/^Epoch +1\//m.test(text)) return
        sent = true
        kill('SIGINT')
      },
    },
  )
  expect(stopped.code).toBe(130)
  expect(stopped.err).toMatch(/Stopped\. To go on: sandglass resume halted\n$/)
  const document = JSON.parse(stopped.out)
  expect(document.stopped).toBe('aborted')
  expect(await readdir(join(folder, 'halted', 'checkpoints'))).toContain('last.ckpt')
  const epochs = document.history.length + 1
  const { code, out } = await run('resume', 'halted', '--epochs', String(epochs), '--json')
  expect(code).toBe(0)
  const resumed = JSON.parse(out)
  expect(resumed.history).toHaveLength(epochs)
  expect(resumed.history.slice(0, -1)).toEqual(document.history)
})

test('what comes first is trained first, on all samples', async () => {
  const few = [
    'points.json',
    '--dataset',
    'small.csv',
    '--backend',
    'cpu',
    '--epochs',
    '2',
    '--batch-size',
    '4',
    '--samples',
    '5',
  ]
  const { code, out, err } = await run('train', ...few, '--warm-start', 'greedy', '--out', 'warm', '--json')
  expect(code).toBe(0)
  expect(err.match(/^(Stage 1|Training):$|^Training on \d+/gm)).toEqual([
    'Stage 1:',
    'Training on 16',
    'Training:',
    'Training on 5',
  ])
  const [{ training, history }] = JSON.parse(out).warmStart
  expect([training, history.length]).toEqual(['stage 1', 2])
  const refused = await run('train', ...few, '--warm-start', 'layers', '--out', 'cold')
  expect(refused.err).toMatch(/^Error: the warm start is malformed\. Got type: /)
  expect(await readdir(folder)).not.toContain('cold')
})

test('without the full data the default run takes the excerpt and says so', async () => {
  await write(
    'offline.mjs',
    `import fs from 'node:fs/promises'
     import { syncBuiltinESMExports } from 'node:module'
     const { stat } = fs
     fs.stat = (path, ...rest) => (String(path).includes('/usr/share/datasets') ? Promise.reject(new Error('none')) : stat(path, ...rest))
     syncBuiltinESMExports()
     globalThis.fetch = () => Promise.reject(new Error('no network'))`,
  )
  const env = { XDG_CACHE_HOME: join(folder, 'cache'), SANDGLASS_DATA_DIR: '' }
  const options = { cwd: folder, preload: 'offline.mjs', env }
  const args = ['--backend', 'cpu', '--batch-size', '400', '--epochs', '1']
  const { code, out, err } = await sandglass(
    ['train', 'model.json', ...args, '--out', 'offline', '--json'],
    options,
  )
  expect(code).toBe(0)
  const [what, how, where, next] = err.split('\n')
  expect(what).toMatch(/^Data: an excerpt of Fashion-MNIST .* 1,600 training, .* not the full set, .*\.$/)
  expect(how).toMatch(/^The full set: .*apt install dataset-fashion-mnist.* --data-dir\. \(--verbose: where /)
  expect(where).toMatch(/^Backend: cpu on .* \(as asked\)\.$/)
  expect(next).toMatch(/^Training on 1,600 samples/)
  expect(err).not.toContain('no network')
  expect(JSON.parse(out).data.provenance).toMatch(/^an excerpt of Fashion-MNIST/)
  expect(await readFile(join(folder, 'offline', 'report.html'), 'utf8')).toContain('a small excerpt of it')

  const verbose = await sandglass(['train', 'model.json', ...args, '--out', 'verbose', '--verbose'], options)
  expect(verbose.err).toMatch(/^Looked for in vain, with these answers:\n {2}- the cache .*no network/ms)

  const asked = await sandglass(['train', 'model.json', '--dataset', 'fashion-mnist', ...args], options)
  expect(asked.code).toBe(1)
  expect(asked.err).toMatch(/^Error: Fashion-MNIST was not found[\s\S]*To work offline/)
  expect(asked.err).toMatch(/On the command line: --data-dir FOLDER, or --dataset fashion-mnist-excerpt /)
})

describe('list', () => {
  test('everything, or one kind, in singular or plural', async () => {
    const [all, layers, json] = await Promise.all([
      run('list'),
      run('list', 'layers'),
      run('list', 'preset', '--json'),
    ])
    for (const part of ['preset: models with', 'sparse-kl', 'optimizer: ', 'backend: ', 'dataset: '])
      expect(all.out).toContain(part)
    expect(layers.out).toMatch(/^layer: what encoders and decoders are made of\n/)
    expect(layers.out).toContain('  dense ')
    expect(JSON.parse(json.out)).toContainEqual(
      expect.objectContaining({ kind: 'preset', type: 'sparse-kl', description: expect.any(String) }),
    )
  })
})

test('doctor measures what runs and says why the others do not', async () => {
  const [one, other] = await Promise.all([
    run('doctor', '--json', '--backend', 'cpu', '--seconds', '0.2'),
    run('doctor', '--json', '--backend', 'webgl', '--seconds', '0.2'),
  ])
  expect(JSON.parse(one.out).backends).toMatchObject([
    {
      id: 'cpu',
      available: true,
      stepsPerSecond: expect.any(Number),
      device: expect.stringContaining('JavaScript'),
    },
  ])
  expect(JSON.parse(other.out).backends).toMatchObject([
    { id: 'webgl', available: false, reason: expect.any(String), advice: expect.any(String) },
  ])
})

const changed = (change: (copy: typeof spec) => void) => {
  const copy = structuredClone(spec)
  change(copy)
  return copy
}

describe('files of other programs are told', () => {
  const keras = `\u0089HDF\r\n\u001a\n${'\0'.repeat(99)}keras_version`
  beforeAll(async () => {
    await writeFile(join(folder, 'model.h5'), keras, 'latin1')
    await writeFile(join(folder, 'spec.json'), JSON.stringify(points))
    await mkdir(join(folder, 'empty'))
  })

  test.each(['evaluate', 'encode', 'reconstruct', 'sample', 'run', 'export', 'inspect'])(
    '%s',
    async (name) => {
      const texts = [
        [
          'model.h5',
          /^Error: model\.h5 is not a trained model\. Got a Keras model \(\.h5\); expected the folder of a run, or a model file that Sandglass wrote\. Sandglass uses models that it has trained\. Describe/,
        ],
        [
          'spec.json',
          /^Error: spec\.json is not a trained model\. Got a spec, .*\. Train it first: sandglass train spec\.json\.\n$/,
        ],
        [
          'small.csv',
          /Got a text file, perhaps a table; .*\. Data goes into an option: --dataset small\.csv\.\n$/,
        ],
        ['empty', /^Error: empty has no trained model\. Got a folder without model\.safetensors;/],
      ] as const
      for (const [file, message] of texts) {
        const { code, err } = await run(name, file)
        expect(code).toBe(1)
        expect(err).toMatch(message)
      }
    },
  )

  test('train', async () => {
    for (const [file, message] of [
      [
        'model.h5',
        /^Error: model\.h5 is not a model spec\. Got a Keras model \(\.h5\); expected JSON like .*\. Describe the same layers in a spec file: `sandglass train --help` shows one\.\n$/,
      ],
      [
        'small.csv',
        /Got a text file, perhaps a table; .*sandglass train <preset \| spec\.json> --dataset small\.csv\.\n$/,
      ],
    ] as const)
      expect((await run('train', file)).err).toMatch(message)
  })
})

describe('advice is for those who sit at a command line', () => {
  test.each<[string, string[], RegExp]>([
    [
      'a layer of a plugin',
      ['train', 'acme.json'],
      /Add the plugin that provides "acme\/…": --plugin MODULE\.\n$/,
    ],
    [
      'a name of elsewhere',
      ['train', 'keras-names.json'],
      /unknown loss type "mse"\. Sandglass calls it "meanSquaredError"\.\n$/,
    ],
    [
      'an unknown dataset',
      ['train', 'points.json', '--dataset', 'nope'],
      /unknown dataset type "nope"\. Expected one of fashion/,
    ],
    ['an unknown optimizer', ['train', 'points.json', '--optimizer', 'Adamm'], /Did you mean "adam"\?\n$/],
    [
      'an unknown metric',
      ['train', 'points.json', '--metric', 'acc'],
      /Sandglass calls it "binaryAccuracy", /,
    ],
    [
      'an unknown backend',
      ['doctor', '--backend', 'cuda'],
      /Sandglass calls it "tensorflow-gpu" or "onnxruntime-cuda"\.\n$/,
    ],
  ])('%s', async (_, args, message) => {
    await write('acme.json', { ...points, encoder: [{ type: 'acme/tv' }] })
    await write('keras-names.json', { ...points, loss: 'mse' })
    const { code, err } = await run(...args)
    expect(code).toBe(1)
    expect(err).toMatch(message)
    expect(err).not.toMatch(/createRegistry|registry|await |fit\(/)
  })
})

describe('bad input is one line of advice, exit code 1, and leaves nothing', () => {
  test.each<[string, unknown, string[], RegExp]>([
    [
      'unknown type',
      changed((s) => Object.assign(s.encoder[1]!, { type: 'dens' })),
      small,
      /^Error: model\.encoder\[1\]: unknown layer type "dens"\. .*Did you mean "dense"\?$/,
    ],
    [
      'misspelt option',
      changed((s) => Object.assign(s.encoder[1]!, { unit: 3 })),
      small,
      /^Error: malformed layer "dense": model\.encoder\[1\]: unknown option "unit", did you mean "units"\?/,
    ],
    [
      'wrong shape between layers',
      changed((s) => Object.assign(s.decoder[0]!, { units: 700 })),
      small,
      /Error: decoder\/1: cannot reshape\. Got input of shape \[700\], 700 elements; expected 784 elements for \[28, 28\]/,
    ],
    [
      'an output unlike the input',
      changed((s) => void s.decoder.pop()),
      small,
      /Error: decoder\/0: the decoder must end in the shape it is compared with\. Got \[784\]; expected \[28, 28\]\. Let it end in reshape\(\{ shape: \[28, 28\] \}\)\.$/,
    ],
    [
      'tied layers that do not mirror',
      changed((s) => Object.assign(s.decoder[0]!, { tiedTo: 'encoder/1', units: 700 })),
      small,
      /Error: decoder\/0: does not mirror encoder\/1, to which it is tied\. Got a kernel of \[8, 700\] at decoder\/0: .*; expected \[8, 784\], the transpose of the kernel of \[784, 8\] at encoder\/1: .* Give it 784 units\.$/,
    ],
    [
      'a recurrent decoder without length',
      changed((s) => void s.decoder.unshift({ type: 'lstm', units: 4 })),
      small,
      /Error: decoder\/0: an LSTM works on sequences\. Got input of shape \[8\]; .* A vector becomes a sequence by repeatVector\(\{ n: 28 \}\) before it, n being the number of steps\.$/,
    ],
    [
      'pooling below one pixel',
      changed((s) => {
        s.encoder = [
          { type: 'reshape', shape: [28, 28, 1] },
          { type: 'maxPooling2d', poolSize: 16 },
          'maxPooling2d',
        ]
      }),
      small,
      /Error: encoder\/2: a pool is larger than its input, less than one pixel would be left\. Got a pool of 2 × 2 on an image of 1 × 1; .*Use padding "same"/,
    ],
    [
      'a convolution of images without channels',
      changed((s) => void s.encoder.unshift({ type: 'conv2d', filters: 4, kernelSize: 3 })),
      small,
      /Error: encoder\/0: a convolution works on images\. Got input of shape \[28, 28\]; .* Images without channels get one by reshape\(\{ shape: \[28, 28, 1\] \}\) before it\.$/,
    ],
    [
      'not JSON',
      '{"type": "autoencoder",}',
      small,
      /^Error: bad\.json is not JSON\. Got .*no comma may follow/,
    ],
    ['not a spec', '[1]', small, /^Error: model: not a spec of a model\. Got \[1\]; expected an object/],
    [
      'a backend that cannot run here',
      spec,
      [...small, '--backend', 'webgl'],
      /Error: the backend "webgl" cannot run here: WebGL needs a browser\. In Node, use/,
    ],
    [
      'an unknown backend',
      spec,
      [...small, '--backend', 'wsam'],
      /^Error: --backend: unknown backend type "wsam"\. .*Did you mean "wasm"\?$/,
    ],
    [
      'an unknown dataset',
      spec,
      ['--dataset', 'fashon-mnist'],
      /^Error: dataset: unknown dataset type "fashonMnist"\. .*Did you mean "fashionMnist"\?$/,
    ],
    [
      'an unknown optimizer',
      spec,
      [...small, '--optimizer', 'adem'],
      /^Error: optimizer: unknown optimizer type "adem"\. .*Did you mean "adam"\?$/,
    ],
    [
      'an unknown metric',
      spec,
      [...small, '--metric', 'roundedAcuracy'],
      /^Error: metrics\[0\]: unknown metric type .*Did you mean "roundedAccuracy"\?$/,
    ],
    [
      'a data folder that is not there',
      spec,
      ['--dataset', 'mnist', '--data-dir', 'nowhere'],
      /^Error: the folder nowhere of --data-dir cannot be used\. Got no such folder/,
    ],
    [
      'NaN in data',
      points,
      ['--dataset', 'nan.csv'],
      /^Error: nan\.csv: no value in row \d+, column "b"\. .*missing: 'drop', 'mean' or 'median'/,
    ],
    ['an empty dataset', points, ['--dataset', 'empty.csv'], /^Error: .*empty/],
    [
      'a batch larger than the data',
      points,
      ['--dataset', 'small.csv', '--batch-size', '100', '--backend', 'cpu'],
      /Error: the batch size is larger than the training data .*Got batches of 100 from 16 samples; expected a batchSize of at most 16/,
    ],
    [
      'an output folder that cannot be made',
      spec,
      [...small, '--out', 'model.json/x'],
      /Error: the folder model\.json\/x cannot be made\. .*Choose a folder that can be written/,
    ],
    [
      'a learning rate of 0',
      spec,
      [...small, '--learning-rate', '0'],
      /^Error: --learning-rate is not usable\. Got 0; expected a number above 0/,
    ],
  ])('%s', async (name, content, args, message) => {
    await Promise.all([
      write('bad.json', content),
      write('nan.csv', `a,b\n${'1,2\n3,nan\n'.repeat(10)}`),
      write('empty.csv', 'a,b\n'),
    ])
    const before = await readdir(folder)
    const out = args.includes('--out') ? [] : ['--out', 'untouched']
    const result = await run('train', 'bad.json', ...args, ...out)
    expect(lastLine(result.err), name).toMatch(message)
    expect(result.err).not.toMatch(/^ {4}at /m)
    expect(result).toMatchObject({ code: 1, out: '' })
    expect(await readdir(folder)).toEqual(before)
  })

  test('truncated and corrupted model files', async () => {
    for (const [name, spoil] of [
      ['truncated', (path: string) => truncate(path, 3000)],
      [
        'corrupted',
        async (path: string) => {
          const bytes = await readFile(path)
          bytes[bytes.length - 5]! ^= 1
          await writeFile(path, bytes)
        },
      ],
    ] as const) {
      const path = `${name}.safetensors`
      await writeFile(join(folder, path), await readFile(join(folder, 'run', 'model.safetensors')))
      await spoil(join(folder, path))
      const { code, err } = await run('evaluate', path)
      expect(code).toBe(1)
      expect(err).toMatch(
        new RegExp(`^Error: ${name}\\.safetensors .*(truncated|corrupted|damaged|malformed)`),
      )
      expect(err).not.toMatch(/^ {4}at /m)
    }
  })

  test('a full disk: the model is not there rather than half there', async () => {
    await write(
      'full-disk.mjs',
      `import fs from 'node:fs/promises'
       import { syncBuiltinESMExports } from 'node:module'
       const { open } = fs
       fs.open = async (path, ...rest) => {
         const handle = await open(path, ...rest)
         if (String(path).includes('model.safetensors'))
           handle.writeFile = () => Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }))
         return handle
       }
       syncBuiltinESMExports()`,
    )
    const { code, err } = await sandglass(
      ['train', 'model.json', ...small, '--epochs', '1', '--out', 'full'],
      {
        cwd: folder,
        preload: 'full-disk.mjs',
      },
    )
    expect(lastLine(err)).toMatch(
      /^Error: .*model\.safetensors cannot be written\. Got a disk that is full\. Free some space/,
    )
    expect(code).toBe(1)
    expect(await readdir(join(folder, 'full'))).toEqual([
      'activity.jsonl',
      'checkpoints',
      'history.jsonl',
      'run.json',
      'spec.json',
    ])
  })

  test('--debug shows where it came from', async () => {
    const { code, err } = await run('train', 'nowhere.json', '--debug')
    expect(code).toBe(1)
    expect(err).toMatch(/^Error: nowhere\.json cannot be read\. Got no such file or folder/)
    expect(err).toMatch(/^ {4}at /m)
  })
})

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)!
}

describe('a run that was ended at a bad moment', () => {
  const train = [
    'train',
    'points.json',
    '--dataset',
    'small.csv',
    '--backend',
    'cpu',
    '--epochs',
    '3',
    '--batch-size',
    '4',
  ]
  const model = (name: string) => readFile(join(folder, name, 'model.safetensors'))
  const lose = (name: string, ...paths: string[]) =>
    Promise.all(paths.map((path) => rm(join(folder, name, path), { recursive: true, force: true })))

  test.each<[string, string[], RegExp]>([
    [
      'before the first checkpoint',
      ['checkpoints', 'model.safetensors', 'report.html', 'result.json', 'history.jsonl'],
      /no checkpoint yet: the run begins anew/,
    ],
    ['after the last one', ['model.safetensors', 'report.html', 'result.json'], /Saving the model/],
    ['while its report was drawn', ['report.html', 'result.json'], /Saving the model/],
    ['before it was said to be done', ['result.json'], /Saving the model/],
  ])('%s is resumed to the same model', async (when, lost, said) => {
    const name = `ended ${when}`
    expect((await run(...train, '--out', name)).code).toBe(0)
    const [whole, history] = [await model(name), await readFile(join(folder, name, 'history.jsonl'), 'utf8')]
    await lose(name, ...lost)
    const { code, err } = await run('resume', name)
    expect([code, err]).toEqual([0, expect.stringMatching(said)])
    expect((await model(name)).equals(whole)).toBe(true)
    expect(await readFile(join(folder, name, 'history.jsonl'), 'utf8')).toBe(history)
    expect(await readdir(join(folder, name))).toEqual(expect.arrayContaining(['report.html', 'result.json']))
    expect((await run('resume', name)).err).toMatch(/is complete\. Got 3 of 3 epochs done/)
  })

  test('a folder that another process writes into is refused, and left when it has ended', async () => {
    expect((await run(...train, '--out', 'held')).code).toBe(0)
    const holder = { pid: process.pid, host: hostname(), tag: '', since: new Date().toISOString(), id: 'x' }
    await writeFile(join(folder, 'held', '.lock'), JSON.stringify(holder))
    const { code, err } = await run('resume', 'held', '--epochs', '4')
    expect([code, err]).toEqual([1, expect.stringMatching(/held is in use\. Got process \d+ on /)])
    await lose('held', '.lock')
    expect((await run('resume', 'held', '--epochs', '4')).code).toBe(0)
    expect(await readdir(join(folder, 'held'))).not.toContain('.lock')
  })

  test('a table smaller than the usual batch trains with what there is; a batch that was asked for is refused', async () => {
    await write('five.csv', 'a,b\n1,2\n2,3\n3,4\n4,5\n5,6\n')
    const small = [
      'train',
      'points.json',
      '--dataset',
      '{"type": "csv", "path": "five.csv", "parts": {"train": 5}}',
      '--backend',
      'cpu',
      '--epochs',
      '1',
    ]
    const { code, err } = await run(...small, '--out', 'five')
    expect([code, err]).toEqual([0, expect.stringMatching(/Training on 5 samples/)])
    expect(JSON.parse(await readFile(join(folder, 'five', 'run.json'), 'utf8')).batchSize).toBe(5)
    expect((await run(...small, '--batch-size', '32', '--out', 'six')).err).toMatch(
      /Got batches of 32 from 5 samples/,
    )
  })

  test('--overwrite replaces a run, --patience stops one early', async () => {
    expect((await run(...train, '--out', 'again', '--seed', '1')).code).toBe(0)
    const first = await model('again')
    expect((await run(...train, '--out', 'again', '--seed', '2')).err).toMatch(/holds a run already/)
    expect((await run(...train, '--out', 'again', '--seed', '2', '--overwrite')).code).toBe(0)
    expect((await model('again')).equals(first)).toBe(false)
    const many = [
      ...train,
      '--epochs',
      '400',
      '--learning-rate',
      '1e-12',
      '--patience',
      '2',
      '--out',
      'patient',
    ]
    const { code, out } = await run(...many, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ stopped: 'earlyStopping' })
  })
})
