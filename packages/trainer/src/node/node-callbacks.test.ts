import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRegistry, type Json } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Run } from '../callbacks/callback'
import { type Checkpoint, encodeCheckpoint } from '../checkpoint/checkpoint'
import { fit } from '../fit/fit'
import type { FitOptions } from '../fit/options'
import { changed, cpu, halvesModel, noisyModel, registry as plain, uniformData } from '../testing/fixture'
import {
  bestPath,
  csvLog,
  jsonlLog,
  loadCheckpoint,
  modelCheckpoint,
  tensorBoard,
  trainerNode,
} from './index'

const registry = createRegistry([...plain.plugins, trainerNode])
const data = { train: uniformData(9), validation: uniformData(4, 2) }
const base: FitOptions = { registry, backend: cpu, optimizer: 'adam', epochs: 3, batchSize: 4 }
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandglass-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

async function train(changes: Partial<FitOptions>) {
  const result = await fit(noisyModel, data, { ...base, ...changes })
  result.model.dispose()
  return result
}

test('jsonl and csv logs hold the history, also after a run was killed within a line and resumed', async () => {
  const jsonl = join(folder, 'deep', 'history.jsonl')
  const csv = join(folder, 'history.csv')
  const callbacks = [jsonlLog({ path: jsonl }), csvLog({ path: csv })]
  const { history } = await train({ callbacks })
  const lines = await readFile(jsonl, 'utf8')
  expect(
    lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(history)
  const table = await readFile(csv, 'utf8')
  const [heading, ...rows] = table
    .trimEnd()
    .split('\n')
    .map((row) => row.split(','))
  expect(rows.map((row) => Object.fromEntries(row.map((cell, i) => [heading![i], Number(cell)])))).toEqual(
    history,
  )

  const { checkpoint } = await train({ epochs: 1 })
  await writeFile(jsonl, `${lines}{"epoch": 4, "lo`)
  await train({ callbacks, resumeFrom: checkpoint })
  expect(await readFile(jsonl, 'utf8')).toBe(lines)
  expect(await readFile(csv, 'utf8')).toBe(table)
})

test('model checkpoints are those of the run, by epoch, by step, at the end, and the best', async () => {
  const path = join(folder, 'run.ckpt')
  const seen: Buffer[] = []
  const reader = { name: 'reader', onSettled: async () => void seen.push(await readFile(path)) }
  const byStep = modelCheckpoint({ path, unit: 'step' })
  const { checkpoint } = await train({ callbacks: [byStep, reader] })
  expect(new Set(seen.map((bytes) => bytes.toString('base64'))).size).toBe(9)
  expect(await readFile(path)).toEqual(Buffer.from(encodeCheckpoint(checkpoint)))

  const losses = [3, 1, 2]
  let epoch = 0
  const backend = changed((session) => ({ ...session, evaluate: async () => ({ loss: losses[epoch++]! }) }))
  const every2 = modelCheckpoint({ path: join(folder, 'b', 'two.ckpt'), every: 2, keepBest: true })
  const last = await train({ backend, callbacks: [every2] })
  const best = await loadCheckpoint(bestPath(join(folder, 'b', 'two.ckpt')))
  expect(best.history.map(({ val_loss }) => val_loss)).toEqual([3, 1])
  expect(await readFile(join(folder, 'b', 'two.ckpt'))).toEqual(
    Buffer.from(encodeCheckpoint(last.checkpoint)),
  )
  expect((await readdir(join(folder, 'b'))).sort()).toEqual(['two.best.ckpt', 'two.ckpt'])
})

test('weights that are not finite fail the run and leave the last good checkpoint', async () => {
  const path = join(folder, 'run.ckpt')
  let steps = 0
  const poisoned = changed((session) => ({
    ...session,
    step: async (request) => {
      const scalars = await session.step(request)
      if (++steps === 3) {
        const { weights } = await session.state()
        const bias = weights['encoder/0/bias']!
        bias.data[1] = Number.POSITIVE_INFINITY
        await session.restore({ weights: { 'encoder/0/bias': bias } })
      }
      return scalars
    },
  }))
  const callbacks = [modelCheckpoint({ path, unit: 'step' })]
  await expectError(() => train({ backend: poisoned, callbacks }), {
    code: 'numeric',
    message:
      /^weights are no longer finite after step 3, so no checkpoint is made\. Got weights encoder\/0\/bias\[1\] = Infinity/,
  })
  expect((await loadCheckpoint(path)).position.step).toBe(2)
  await train({ resumeFrom: await loadCheckpoint(path) })
})

test('a loss that is NaN leaves the last good checkpoint', async () => {
  const path = join(folder, 'run.ckpt')
  const backend = changed((session) => ({
    ...session,
    step: async (request) => {
      const scalars = await session.step(request)
      return request.step === 4 ? { ...scalars, loss: Number.NaN } : scalars
    },
  }))
  await expectError(() => train({ backend, callbacks: [modelCheckpoint({ path, unit: 'step' })] }), {
    code: 'numeric',
    message: /^the loss became NaN at step 5/,
  })
  expect((await loadCheckpoint(path)).position.step).toBe(4)
})

test('files that cannot be written, or are no checkpoints, give errors', async () => {
  await writeFile(join(folder, 'file'), 'hello')
  const inFile = join(folder, 'file', 'x')
  for (const callback of [
    jsonlLog({ path: inFile }),
    csvLog({ path: inFile }),
    modelCheckpoint({ path: inFile }),
  ])
    await expectError(() => train({ callbacks: [callback] }), {
      code: 'file',
      message: /cannot be made\. Got /,
    })
  await expectError(() => train({ callbacks: [tensorBoard({ path: inFile })] }), {
    code: 'file',
    message: /cannot be made/,
  })
  await expectError(() => loadCheckpoint(join(folder, 'missing')), {
    code: 'file',
    message: /missing cannot be read/,
  })
  await expectError(() => loadCheckpoint(join(folder, 'file')), { code: 'file' })
})

test('the best so far follows from the history when resumed', async () => {
  const callback = registry.build(
    'callback',
    modelCheckpoint({ path: join(folder, 'r.ckpt'), every: 100, keepBest: true }),
  )
  const { checkpoint } = await train({ epochs: 1 })
  const settle = async (losses: number[]) => {
    const history = losses.map((val_loss, i) => ({ epoch: i + 1, val_loss }))
    const json = { losses } as Json
    const run = {
      history,
      monitor: { name: 'val_loss', mode: 'min' },
      checkpoint: async () => ({ ...checkpoint, identity: { json } }),
    } as Partial<Run> as Run
    const entry = history.at(-1)!
    await callback.onSettled!(
      { type: 'epoch', epoch: losses.length, step: 0, entry, seconds: 1, stepsPerSecond: 1 },
      run,
    )
    return (await loadCheckpoint(join(folder, 'r.best.ckpt'))).identity.json
  }
  expect(await settle([4])).toEqual({ losses: [4] })
  expect(await settle([4, 5])).toEqual({ losses: [4] })
  expect(await settle([4, 5, 3])).toEqual({ losses: [4, 5, 3] })
})

test('a csv log has the columns of every phase, also when resumed', async () => {
  const path = join(folder, 'phases.csv')
  const turns = [{ turns: [['critic']] }, { from: { epoch: 2 }, turns: [['generator']] }]
  const train = (epochs: number, resumeFrom?: Checkpoint) =>
    fit(halvesModel({ critic: 'encoder', generator: 'decoder' }), uniformData(8), {
      ...{ registry, backend: cpu, optimizer: 'sgd', batchSize: 4, turns, epochs, resumeFrom },
      callbacks: [csvLog({ path })],
    })
  const names = ['loss', 'reconstruction', 'learningRate']
  const heading = [
    'epoch',
    ...['critic', 'generator'].flatMap((each) => names.map((name) => `${each}_${name}`)),
  ]
  const expected = (history: readonly Readonly<Record<string, number>>[]) =>
    `${[heading, ...history.map((entry) => heading.map((name) => entry[name] ?? ''))].join('\n')}\n`
  const first = await train(2)
  expect(await readFile(path, 'utf8')).toBe(expected(first.history))
  const whole = await train(3, first.checkpoint)
  expect(await readFile(path, 'utf8')).toBe(expected(whole.history))
  for (const { model } of [first, whole]) model.dispose()
})
