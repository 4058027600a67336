import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ModelSpec, Spec, Splits } from '@sandglass/core'
import { encoderWeights } from '@sandglass/tasks'
import { expectError } from '@sandglass/testing'
import { type FitEvent, fit, fitGreedy } from '@sandglass/trainer'
import { loadCheckpoint } from '@sandglass/trainer/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adam, autoencoder, classifier, defaultRegistry, dense, sgd, take } from '../node/index'
import { files } from './folder'
import type { RunPlan } from './run-plan'
import { trainRun } from './train-run'
import { settleWarmStart, type WarmStart } from './warm-start-spec'

const registry = defaultRegistry()
const backend = registry.build('backend', { type: 'cpu' })
const encoder = [dense({ units: 3, activation: 'tanh' }), dense({ units: 2, activation: 'tanh' })]
const decoder = [dense({ units: 3, activation: 'tanh' }), dense({ units: 2 })]
const model = autoencoder({ encoder, decoder })
const dataset = { type: 'blobs', size: 40, features: 2, classes: 2, seed: 1 }
const optimizer = adam({ learningRate: 0.01 })
const common = { registry, backend, optimizer, batchSize: 10, epochs: 3, seed: 5 }

let folder: string
let data: Splits
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandglass-warm-'))
  data = await registry.build('dataset', dataset)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function planOf(name: string, spec: ModelSpec, more: Partial<RunPlan['settings']>): RunPlan {
  const specs = { dataset, optimizer: optimizer as Spec as never, metrics: [] }
  const settings = { version: '0', name, ...specs, batchSize: 10, epochs: 3, seed: 5, backend: 'cpu' }
  return { folder: join(folder, name), model: spec, settings: { ...settings, ...more } }
}

const jsonOf = async (name: string, file: string) =>
  JSON.parse(await readFile(join(folder, name, file), 'utf8'))

describe('a run begins with the weights', () => {
  test('of its own layers, trained one stage at a time', async () => {
    const stages = [{ optimizer: sgd({ learningRate: 0.1 }), epochs: 2 }, { epochs: 4 }]
    const trainings: string[] = []
    const events: FitEvent[] = []
    const observer = {
      onTraining: (name: string) => trainings.push(name),
      onEvent: (event: FitEvent) => events.push(event),
    }
    const plan = planOf('greedy', model, { warmStart: { type: 'greedy', stages } })
    const result = await trainRun(plan, { registry, observer })

    const first = await fitGreedy(model, data, { ...common, stages })
    const initialWeights = await first.model.weights()
    const second = await fit(model, data, { ...common, initialWeights })
    first.model.dispose()
    second.model.dispose()
    expect(result!.history).toEqual(second.history)
    expect(result!.warmStart).toEqual(
      first.stages.map(({ stage, history }) => ({ training: `stage ${stage}`, history })),
    )
    expect(result!.warmStart!.map(({ history }) => history.length)).toEqual([2, 4])
    expect(trainings).toEqual(['stage 1', 'stage 2', 'training'])
    expect(events.filter(({ type }) => type === 'epoch')).toHaveLength(9)
    expect(await jsonOf('greedy', files.warmStart)).toEqual(result!.warmStart)
    expect(await jsonOf('greedy', files.settings)).toMatchObject({
      warmStart: { stages: [{ optimizer: { momentum: 0 } }, {}] },
    })
    expect(await readFile(join(folder, 'greedy', files.report), 'utf8')).toMatch(/stage 2, val_(<wbr>)?loss/)
  })

  test('of an autoencoder that saw all samples, where it sees few itself', async () => {
    const head = [dense({ units: 2, activation: 'softmax' })]
    const spec = classifier({ encoder, head, freezeEncoder: true })
    const warmStart: WarmStart = { type: 'pretraining', model, epochs: 2 }
    const result = await trainRun(planOf('few', spec, { warmStart, samples: 12 }), { registry })

    const first = await fit(model, data, { ...common, epochs: 2 })
    const initialWeights = encoderWeights(await first.model.weights())
    const few = { ...data, train: take(data.train, 12) }
    const second = await fit(spec, few, { ...common, initialWeights })
    first.model.dispose()
    second.model.dispose()
    expect(result!.history).toEqual(second.history)
    expect(result!.warmStart).toEqual([
      { training: 'pretraining', history: first.history, monitor: { name: 'val_loss', mode: 'min' } },
    ])
  })
})

test('a resumed run trains nothing again, and remembers what was trained before', async () => {
  const plan = planOf('resumed', model, { warmStart: { type: 'greedy' }, epochs: 2 })
  const begun = await trainRun(plan, { registry })
  const resumeFrom = await loadCheckpoint(join(plan.folder, files.checkpoint))
  const trainings: string[] = []
  const longer = { ...plan, settings: { ...plan.settings, epochs: 3 } }
  const observer = { onTraining: (name: string) => trainings.push(name) }
  const resumed = await trainRun(longer, { registry, resumeFrom, observer })
  const whole = await trainRun(
    planOf('whole', model, { warmStart: { type: 'greedy', epochs: 2 }, epochs: 3 }),
    { registry },
  )
  expect(trainings).toEqual([])
  expect(resumed!.history).toEqual(whole!.history)
  expect(resumed!.warmStart).toEqual(begun!.warmStart)
})

test.each<[string, WarmStart]>([
  ['greedy', { type: 'greedy' }],
  ['pretraining', { type: 'pretraining', model }],
])('what is stopped while %s comes first leaves nothing', async (name, warmStart) => {
  const controller = new AbortController()
  const observer = { onEvent: ({ type }: FitEvent) => type === 'step' && controller.abort() }
  const plan = planOf(`stopped-${name}`, model, { warmStart })
  expect(await trainRun(plan, { registry, observer, signal: controller.signal })).toBeUndefined()
  await expect(readFile(join(plan.folder, files.settings))).rejects.toThrow(/ENOENT/)
})

test('what is malformed says where', async () => {
  await expectError(() => settleWarmStart(registry, { type: 'layers' } as never), {
    code: 'spec',
    message: /^the warm start is malformed\. Got type: .*; expected \{ "type": "greedy" \} or /,
  })
  await expectError(() => settleWarmStart(registry, { type: 'greedy', epochs: 0.5 }), {
    code: 'spec',
    message: /Got epochs: /,
  })
  await expectError(
    () => settleWarmStart(registry, { type: 'greedy', stages: [{ optimizer: { type: 'sdg' } }] } as never),
    {
      code: 'spec',
      message: /warmStart\.stages\[0\]\.optimizer.*Did you mean "sgd"/,
    },
  )
})
