import '@tensorflow/tfjs-backend-cpu'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conformance, expectError } from '@sandglass/testing'
import { type FitEvent, fit } from '@sandglass/trainer'
import { loadCheckpoint } from '@sandglass/trainer/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseCommandLine, type Terminal } from '../cli/command'
import { resume } from '../cli/commands/resume'
import { train } from '../cli/commands/train'
import { defaultRegistry } from '../node/index'
import { twoObjectives } from '../testing/two-objectives'
import { files } from './folder'
import type { RunPlan } from './run-plan'
import { trainRun } from './train-run'

// Models of two objectives that bring their own plan of training, from API and command line.

const registry = defaultRegistry({ plugins: [twoObjectives] })
const dataset = { type: 'blobs', size: 90, features: 2, classes: 3, seed: 1 }
const adversaries = { type: 'acme/adversaries' }
const pretrained = { type: 'acme/pretrained', classes: 3 }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandglass-plans-'))
  await writeFile(join(folder, 'adversaries.json'), JSON.stringify(adversaries))
  await writeFile(join(folder, 'pretrained.json'), JSON.stringify(pretrained))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function planOf(name: string, model: object, more: Partial<RunPlan['settings']> = {}): RunPlan {
  const settings = {
    version: '0',
    name,
    dataset,
    metrics: [],
    batchSize: 10,
    epochs: 5,
    seed: 5,
    backend: 'cpu',
  }
  return { folder: join(folder, name), model: model as never, settings: { ...settings, ...more } }
}

const text = (name: string, file: string) => readFile(join(folder, name, file), 'utf8')
const jsonOf = async (name: string, file: string) => JSON.parse(await text(name, file))

test.each(twoObjectives.definitions.map((definition) => [definition.type, definition] as const))(
  '%s keeps the contract',
  (type, definition) => {
    const options = type === pretrained.type ? { classes: 3 } : {}
    const fields = { input: [2], label: [] }
    const cases = [{ options, fields, ranges: { label: [1, 1] }, order: 1 }]
    expect(conformance(definition as never, cases as never)).toContain('training')
  },
)

describe.each(['cpu', 'onnxruntime'])('on %s', (backend) => {
  test('a critic and a generator train by their own plan, and the run is judged by it', async () => {
    const name = `adversaries-${backend}`
    const events: FitEvent[] = []
    const observer = { onEvent: (event: FitEvent) => void events.push(event) }
    const result = await trainRun(planOf(name, adversaries, { backend }), { registry, observer })
    const steps = events.flatMap((event) => (event.type === 'step' ? [event.objective[0]] : []))
    // 72 samples make 8 batches an epoch, five times.
    expect(steps.join('')).toBe(`${'cccg'.repeat(13)}c`)
    expect(events[1]).toMatchObject({ type: 'progress', procedure: 'centre', done: 1 })

    const values = result!.history.map((entry) => entry.val_critic_distance!)
    const best = values.indexOf(Math.max(...values))
    expect(result!.monitor).toEqual({
      name: 'val_critic_distance',
      mode: 'max',
      best: { epoch: best + 1, value: values[best] },
      last: values.at(-1),
    })
    const kept = await loadCheckpoint(join(folder, name, 'checkpoints', 'last.best.ckpt'))
    expect(kept.position.epoch).toBe(best + 1)
    expect(await jsonOf(name, files.settings)).toMatchObject({
      turns: [['critic'], ['critic'], ['critic', 'generator']],
      optimizer: { critic: { type: 'adam', beta1: 0.5, beta2: 0.999 }, generator: { learningRate: 0.005 } },
      monitor: { name: 'val_critic_distance', mode: 'max' },
      start: 'centre',
    })
    const page = (await text(name, files.report)).replaceAll('<wbr>', '')
    for (const shown of [
      /<dl class="figures">\s*<div><dt>val_critic_distance</,
      /optimizer, critic<\/th><td>adam [^<]*learningRate: 0\.01</,
      /turns<\/th><td>critic ×2, critic \+ generator</,
      /judged by<\/th><td>val_critic_distance, higher is better</,
      /at the start<\/th><td>centre</,
    ])
      expect(shown.test(page), String(shown)).toBe(true)
  })

  test('an encoder is pretrained, then fine-tuned; resumed across the change it is the uninterrupted run', async () => {
    const name = `pretrained-${backend}`
    const whole = await trainRun(planOf(name, pretrained, { backend }), { registry })
    const losses = whole!.history.map((entry) => Object.keys(entry).filter((each) => /_loss$/.test(each)))
    const [first, second] = ['pretraining', 'fineTuning'].map((each) => [`${each}_loss`, `val_${each}_loss`])
    expect(losses).toEqual([first, first, second, second, second])
    expect(whole!.monitor).toMatchObject({ name: 'val_fineTuning_loss', mode: 'min' })
    expect(whole!.history[4]!.val_fineTuning_loss).toBeLessThan(whole!.history[2]!.val_fineTuning_loss!)

    // Stopped within the first phase, at its end, and within the second.
    for (const stop of [5, 16, 20]) {
      const controller = new AbortController()
      const observer = {
        onEvent: (event: FitEvent) =>
          void (event.type === 'step' && event.step === stop && controller.abort()),
      }
      const stopped = planOf(`${name}-${stop}`, pretrained, { backend })
      const part = await trainRun(stopped, { registry, observer, signal: controller.signal })
      expect(part!.stopped).toBe('aborted')
      const resumeFrom = await loadCheckpoint(join(stopped.folder, files.checkpoint))
      expect(resumeFrom.position.step).toBe(stop)
      const resumed = await trainRun(stopped, { registry, resumeFrom })
      expect(resumed!.history).toEqual(whole!.history)
      for (const file of [files.model, files.checkpoint])
        expect(await readFile(join(stopped.folder, file)), file).toEqual(
          await readFile(join(folder, name, file)),
        )
    }
  })
})

test('compiled and eager runs of both have the same history', async () => {
  for (const name of ['adversaries', 'pretrained']) {
    const [eager, compiled] = [
      await jsonOf(`${name}-cpu`, files.result),
      await jsonOf(`${name}-onnxruntime`, files.result),
    ]
    for (const [i, entry] of eager.history.entries())
      for (const [figure, value] of Object.entries<number>(entry))
        expect(compiled.history[i][figure], `${name}, epoch ${i + 1}, ${figure}`).toBeCloseTo(value, 3)
  }
})

test('a run is what fit makes of the same model and data', async () => {
  const data = await registry.build('dataset', dataset)
  const { history, model } = await fit(pretrained as never, data, {
    ...{ registry, backend: 'cpu', epochs: 5, batchSize: 10, seed: 5 },
  })
  model.dispose()
  expect(await jsonOf('pretrained-cpu', files.result)).toMatchObject({ history })
})

test('settings come before the plan of the model, and are kept for resuming', async () => {
  const plan = planOf('asked', adversaries, {
    turns: [
      { turns: [['generator']] },
      { from: { epoch: 2 }, turns: [['critic', 'generator']], reset: ['generator'] },
    ],
    optimizer: { critic: { type: 'sgd' } },
    monitor: 'val_generator_loss',
    start: false,
    callbacks: [{ type: 'earlyStopping', patience: 1, minDelta: 1e6 }],
    epochs: 9,
  })
  const result = await trainRun({ ...plan, learningRate: 0.125 }, { registry })
  expect(result).toMatchObject({
    stopped: 'earlyStopping',
    monitor: { name: 'val_generator_loss', mode: 'min' },
  })
  expect(result!.history).toHaveLength(2)
  expect(result!.history[0]).not.toHaveProperty('critic_loss')
  expect(result!.history[1]).toMatchObject({ critic_learningRate: 0.125, generator_learningRate: 0.125 })
  expect(await jsonOf('asked', files.settings)).toMatchObject({
    optimizer: { critic: { type: 'sgd', learningRate: 0.125 }, generator: { type: 'adam', beta1: 0.5 } },
    start: false,
  })
  const page = await text('asked', files.report)
  for (const shown of [
    'generator; from epoch 2: critic + generator (new optimizers: generator)',
    '--start none',
  ])
    expect(page.includes(shown), shown).toBe(true)
})

test('a phase without the judged figure does not end a run of few epochs', async () => {
  const result = await trainRun(planOf('short', pretrained, { epochs: 2 }), { registry })
  expect(result!.history).toHaveLength(2)
  expect(result!.monitor).toBeUndefined()
  expect(await readdir(join(folder, 'short', 'checkpoints'))).toEqual(['last.ckpt'])
})

describe('the command line', () => {
  function capture() {
    const written = { out: '', err: '' }
    const terminal: Terminal = {
      out: (more) => {
        written.out += more
      },
      err: (more) => {
        written.err += more
      },
      self: [],
      plugins: [twoObjectives],
      interruptible: () => new AbortController().signal,
    }
    return { written, terminal }
  }
  const common = [
    '--dataset',
    JSON.stringify(dataset),
    '--batch-size',
    '10',
    '--seed',
    '5',
    '--backend',
    'cpu',
    '--json',
  ]

  async function run(command: typeof train | typeof resume, ...args: string[]) {
    const { written, terminal } = capture()
    const { positionals, values } = parseCommandLine(command as never, args)
    await command.run(positionals, values as never, terminal)
    return { ...written, document: JSON.parse(written.out) }
  }

  test('trains by the plan of the model, and resumes across phases', async () => {
    const out = join(folder, 'commanded')
    const model = join(folder, 'pretrained.json')
    const { err } = await run(train, model, ...common, '--epochs', '2', '--out', out)
    expect(err).toMatch(/^Epoch 1\/2 {2}val_pretraining_loss /m)
    const { document } = await run(resume, out, '--epochs', '5', '--json')
    expect(document.history).toEqual((await jsonOf('pretrained-cpu', files.result)).history)
    expect(document.monitor.name).toBe('val_fineTuning_loss')
  })

  test('its options say all that settings can', async () => {
    const out = join(folder, 'options')
    const options = [
      ...['--optimizer', '{"critic": {"type": "sgd"}}', '--learning-rate', '0.125', '--start', 'none'],
      ...[
        '--turns',
        '[{"turns": [["generator"]]}, {"from": {"epoch": 2}, "turns": [["critic", "generator"]], "reset": ["generator"]}]',
      ],
      ...[
        '--monitor',
        'val_generator_loss',
        '--callback',
        '{"type": "earlyStopping", "patience": 1, "minDelta": 1e6}',
      ],
    ]
    const { document, err } = await run(
      train,
      join(folder, 'adversaries.json'),
      ...common,
      '--epochs',
      '9',
      '--out',
      out,
      ...options,
    )
    expect(err).toMatch(/^Epoch 1\/9 {2}val_generator_loss /m)
    const { history, monitor } = await jsonOf('asked', files.result)
    expect(document).toMatchObject({ history, monitor })
  })

  test('and the report says how to do the same again', async () => {
    const page = await text('adversaries-cpu', files.report)
    const [, command] = /<footer>.*?<pre>(.*?)<\/pre>/s.exec(page)!
    const plain = command!.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
    // As a shell reads it: only single quotes are used.
    const words = [...plain.matchAll(/'([^']*)'|([^\s']+)/g)].map(([, quoted, word]) => quoted ?? word!)
    const [, , , ...options] = words
    const again = await run(
      train,
      join(folder, 'adversaries.json'),
      ...options,
      '--out',
      join(folder, 'again'),
      '--json',
    )
    expect(again.document.history).toEqual((await jsonOf('adversaries-cpu', files.result)).history)
  })

  test.each<[string, string[], RegExp]>([
    ['turns', ['--turns', '[["critic"], []]'], /^malformed turns: /],
    [
      'turns of others',
      ['--turns', '[["painter"]]'],
      /^the turns of the objectives are malformed\. Got the name "painter"/,
    ],
    [
      'a monitor',
      ['--monitor', 'val_critic_los'],
      /^monitor: nothing named "val_critic_los" is reported\. Expected one of critic_loss, /,
    ],
    [
      'an optimizer',
      ['--optimizer', '{"painter": {"type": "sgd"}}'],
      /^the optimizers do not match the objectives of the model\. Got one for "painter"/,
    ],
    [
      'a start',
      ['--start', 'center'],
      /^the model has no procedure "center"\. Expected centre\. Did you mean "centre"\?/,
    ],
    [
      'a callback',
      ['--callback', 'earlyStoping'],
      /unknown callback type "earlyStoping".*Did you mean "earlyStopping"/,
    ],
  ])('says what is wrong with %s', async (_, options, message) => {
    const args = [...common, '--epochs', '2', '--out', join(folder, 'wrong'), '--overwrite', ...options]
    await expectError(() => run(train, join(folder, 'adversaries.json'), ...args), { code: 'spec', message })
  })
})
