import { expectError } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import { presets } from '../presets/index'
import { defineCommand, parseCommandLine, positiveNumber, type Terminal, wholeNumber } from './command'
import { showFindings } from './commands/doctor'
import { timestamp } from './commands/train'
import { commandHelp } from './help'
import { table, wrappedTable } from './help-table'
import { main } from './main'
import { presetList } from './preset-list'
import { bar, createProgress, showTime } from './progress'

const command = defineCommand({
  name: 'bake',
  summary: 'Bake a cake',
  usage: '<cake> [options]',
  positionals: [1, 1],
  options: { epochs: { value: 'N', description: 'How often' }, json: { description: 'As JSON' } },
  run: async () => 0,
})

function capture(columns?: number) {
  const written = { out: '', err: '' }
  const terminal: Terminal = {
    out: (text) => {
      written.out += text
    },
    err: (text) => {
      written.err += text
    },
    columns,
    self: [],
    plugins: [],
    interruptible: () => new AbortController().signal,
  }
  return { written, terminal }
}

describe('the command line', () => {
  test('options and arguments in any order', () => {
    const expected = { positionals: ['x'], values: { epochs: '3', json: true } }
    expect(parseCommandLine(command, ['x', '--epochs', '3', '--json'])).toEqual(expected)
    expect(parseCommandLine(command, ['--json', '--epochs=3', 'x'])).toEqual(expected)
  })

  test('a negative number is a value', () => {
    expect(parseCommandLine(command, ['x', '--epochs', '-3']).values.epochs).toBe('-3')
  })

  test.each<[string[], RegExp]>([
    [['x', '--epoch', '3'], /unknown option "--epoch"\. Did you mean --epochs\? `sandglass bake --help`/],
    [['x', '--n_epochs', '3'], /unknown option "--n_epochs"\. Did you mean --epochs\?/],
    [['x', '--max-epochs=3'], /unknown option "--max-epochs"\. Did you mean --epochs\?/],
    [['x', '-json'], /unknown option "-json"\. Did you mean --json\?/],
    [['x', '--usage'], /unknown option "--usage"\. Did you mean --help\?/],
    [['x', '--frobnicate'], /unknown option "--frobnicate"\. `sandglass bake --help` lists them/],
    [['x', '--epochs'], /the option --epochs needs a value\. Expected --epochs N/],
    [['x', '--epochs', '--json'], /the option --epochs needs a value/],
    [['x', '--json=yes'], /the option --json takes no value\. Got yes/],
    [[], /`sandglass bake` was given too little\. Got nothing; expected sandglass bake <cake> \[options\]/],
    [['x', 'y'], /was given too much\. Got x y/],
    [['x', '--constructor'], /unknown option "--constructor"/],
  ])('%j is refused', async (args, message) => {
    await expectError(() => parseCommandLine(command, args), { code: 'spec', message })
  })

  test('numbers', async () => {
    expect([
      wholeNumber('seed', '-4'),
      wholeNumber('epochs', '12', 1),
      positiveNumber('rate', '1e-3'),
    ]).toEqual([-4, 12, 0.001])
    await expectError(() => wholeNumber('epochs', '0', 1), {
      code: 'spec',
      message: /--epochs is not usable\. Got 0; expected a whole number from 1 up/,
    })
    for (const value of ['', 'ten', '1.5', '1e99'])
      await expectError(() => wholeNumber('seed', value), { code: 'spec', message: /--seed is not usable/ })
    for (const value of ['0', '-1', 'x', ''])
      await expectError(() => positiveNumber('rate', value), { code: 'spec', message: /a number above 0/ })
  })
})

describe('help', () => {
  test('of the program names every command, and comes without a command too', async () => {
    for (const args of [[], ['--help'], ['help']]) {
      const { written, terminal } = capture()
      expect(await main(args, terminal)).toBe(0)
      for (const name of [
        'train',
        'resume',
        'evaluate',
        'encode',
        'reconstruct',
        'inspect',
        'list',
        'doctor',
        'setup',
      ])
        expect(written.out).toMatch(new RegExp(`^  ${name} +[A-Z]`, 'm'))
      expect(written.out).toContain('sandglass train sparse-kl')
      expect(written.out).toMatch(/An autoencoder squeezes data through a small code/)
      for (const line of written.out.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
    }
  })

  test.each(['train', 'resume', 'evaluate', 'encode', 'reconstruct', 'inspect', 'list', 'doctor', 'setup'])(
    'of %s has usage, options and examples in lines that fit',
    async (name) => {
      const { written, terminal } = capture()
      expect(await main([name, '--help'], terminal)).toBe(0)
      expect(written.out).toContain(`Usage: sandglass ${name}`)
      expect(written.out).toContain('--json')
      expect(written.out).toContain('Examples:')
      for (const line of written.out.split('\n')) expect(line.length).toBeLessThanOrEqual(130)
      expect(written.err).toBe('')
    },
  )

  test('of train has the options of the issue', async () => {
    const { written, terminal } = capture()
    await main(['train', '-h'], terminal)
    for (const option of [
      'dataset',
      'epochs',
      'batch-size',
      'backend',
      'seed',
      'out',
      'json',
      'learning-rate',
      'data-dir',
      'debug',
    ])
      expect(written.out).toContain(`--${option}`)
  })

  test('hidden options stay hidden', () => {
    const secret = { ...command, options: { secret: { description: 'no', hidden: true } } }
    expect(commandHelp(secret)).not.toContain('secret')
  })

  test('the version', async () => {
    const { written, terminal } = capture()
    expect(await main(['--version'], terminal)).toBe(0)
    expect(written.out).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test('of train names every preset with its description', async () => {
    const { written, terminal } = capture()
    await main(['train', '--help'], terminal)
    for (const { name } of presets) expect(written.out).toMatch(new RegExp(`^ +${name} +\\S`, 'm'))
    for (const { description } of presets) expect(written.out).toContain(description)
  })

  test('presets come by family', () => {
    const all = [
      { name: 'a', description: 'first', family: 'sparse' },
      { name: 'bbb', description: 'second', family: 'plain' },
      { name: 'c', description: 'third', family: 'sparse' },
    ]
    expect(presetList(all)).toBe('  Sparse\n    a    first\n    c    third\n  Plain\n    bbb  second')
  })

  test('long descriptions go on under their own column', () => {
    const [first, second, ...more] = wrappedTable([['--x', 'word '.repeat(30).trim()]]).split('\n')
    expect(first).toMatch(/^ {2}--x {2}(word ?)+$/)
    expect(second).toMatch(/^ {7}(word ?)+$/)
    expect(more).toEqual([])
    expect(first!.length).toBeLessThanOrEqual(110)
  })

  test('tables are aligned', () => {
    expect(
      table([
        ['a', 'bb'],
        ['ccc', 'd'],
      ]),
    ).toBe('  a    bb\n  ccc  d')
  })
})

test('an unknown command is an error with the nearest, and exit code 1', async () => {
  const { written, terminal } = capture()
  expect(await main(['trian'], terminal)).toBe(1)
  expect(written.err).toMatch(/^Error: unknown command "trian"\. Expected train, .*Did you mean "train"\?/)
  expect(written.out).toBe('')
})

test.each([
  [['train', 'x', '--lr', '0.1'], '--lr', '--learning-rate'],
  [['train', 'x', '-lr', '0.1'], '-lr', '--learning-rate'],
  [['train', 'x', '--learning_rate', '0.1'], '--learning_rate', '--learning-rate'],
  [['train', 'x', '--bs', '8'], '--bs', '--batch-size'],
  [['train', 'x', '--data', 'x.csv'], '--data', '--dataset'],
  [['encode', 'x', '--output', 'x.csv'], '--output', '--out'],
  [['sample', 'x', '--device', 'cpu'], '--device', '--backend'],
])('%j suggests our option', async (args, given, ours) => {
  const { written, terminal } = capture()
  expect(await main(args, terminal)).toBe(1)
  expect(written.err).toBe(
    `Error: unknown option "${given}". Did you mean ${ours}? \`sandglass ${args[0]} --help\` lists them.\n`,
  )
})

test.each([
  ['fit', 'train'],
  ['predict', 'reconstruct'],
  ['generate', 'sample'],
])('the command %s is called %s', async (name, ours) => {
  const { written, terminal } = capture()
  expect(await main([name], terminal)).toBe(1)
  expect(written.err).toContain(`Did you mean "${ours}"?`)
})

describe('progress', () => {
  const start = {
    type: 'start',
    backend: { id: 'cpu', device: 'here' },
    seed: 1,
    epochs: 2,
    batches: 100,
    samples: 3200,
    validationSamples: 0,
    monitor: { name: 'val_loss', mode: 'min' },
  } as const
  const step = (batch: number) =>
    ({
      type: 'step',
      epoch: 1,
      batch,
      step: batch,
      objective: 'o',
      scalars: { loss: 0.5 },
      learningRate: 1,
      controls: {},
    }) as const
  const epoch = {
    type: 'epoch',
    epoch: 1,
    step: 100,
    entry: { epoch: 1, loss: 0.4, learningRate: 1 },
    seconds: 10,
    stepsPerSecond: 10,
  } as const

  test('off a terminal, a line for each epoch and no control characters', () => {
    const { written, terminal } = capture()
    const progress = createProgress(terminal, () => 0)
    for (const event of [start, step(1), step(2), epoch] as const) progress.onEvent(event)
    progress.end()
    expect(written.err).toBe(
      'Training on 3,200 samples: 2 epochs of 100 steps.\nEpoch 1/2  loss 0.4000  (10.0 s, 10 steps/s)\n',
    )
  })

  test('on a terminal, a bar with the time left, no wider than the terminal', () => {
    let time = 0
    const { written, terminal } = capture(90)
    const progress = createProgress(terminal, () => time)
    progress.onEvent(start)
    for (let i = 1; i <= 50; i++) {
      time = 100 * i
      progress.onEvent(step(i))
    }
    const last = written.err.split('\r\u001b[K').at(-1)!
    expect(last).toMatch(/^Epoch 1\/2 ━+╌+ 50\/100 {2}loss 0\.5000 {2}10 steps\/s {2}ETA 0:15$/)
    expect(last.length).toBeLessThan(90)
  })

  test('on a narrow terminal nothing wraps', () => {
    let time = 0
    const { written, terminal } = capture(30)
    const progress = createProgress(terminal, () => time)
    progress.onEvent(start)
    time = 100
    progress.onEvent(step(1))
    progress.onEvent({ ...epoch, entry: { ...epoch.entry, val_loss: 0.3, accuracy: 0.5 } })
    const lines = written.err
      .split('\n')
      .slice(1)
      .flatMap((line) => line.split('\r\u001b[K'))
    expect(lines.filter(Boolean).map((line) => line.length)).toEqual([29, 30])
  })

  test('is drawn ten times a second at most', () => {
    let time = 0
    const { written, terminal } = capture(80)
    const progress = createProgress(terminal, () => time)
    progress.onEvent(start)
    for (let i = 1; i <= 1000; i++) {
      time = i
      progress.onEvent(step(1))
    }
    expect(written.err.split('\r').length - 1).toBeLessThanOrEqual(11)
  })

  test('bars and times', () => {
    expect(bar(0.5, 10)).toBe('━━━━━╌╌╌╌╌')
    expect(bar(2, 4)).toBe('━━━━')
    expect(bar(0.5, 2)).toBe('')
    expect([7, 723, 3723, Number.POSITIVE_INFINITY].map(showTime)).toEqual(['0:07', '12:03', '1:02:03', '–'])
  })
})

test('findings of the doctor, fastest first, with the advice for the others', () => {
  const text = showFindings([
    { id: 'cpu', available: true, device: 'JavaScript', stepsPerSecond: 9.876 },
    { id: 'tensorflow-gpu', available: false, reason: 'there is no CUDA', advice: 'Get a GPU.' },
    { id: 'onnxruntime', available: true, device: 'Xeon', stepsPerSecond: 987.6 },
    { id: 'webgpu', available: true, device: 'a GPU', reason: 'cannot train: it broke' },
  ])
  expect(text).toContain(`Available
  backend      steps/s  runs on
  onnxruntime  988      Xeon
  cpu          9.9      JavaScript
  webgpu       –        a GPU (cannot train: it broke)

Not available
  tensorflow-gpu: there is no CUDA
    Get a GPU.`)
})

test('runs are named by local time', () => {
  expect(timestamp(new Date(2026, 10, 3, 4, 5, 6))).toBe('2026-11-03-04-05-06')
})
