import { autoencoder, type Batch, dense, dropout, type Session } from '@sandglass/core'
import { expect, test } from 'vitest'
import { loadNativeRuntime } from '../backends/load-native'
import { runtime } from '../testing/parity'
import { descent, registry, tinyBatch, tinyProgram } from '../testing/tiny'
import { openCompiledSession } from './compiled-session'
import type { Runtime } from './runtime'

// Enough random numbers that preparing them is worth another thread.
const WIDTH = 512
const SIZE = 32
const spec = autoencoder({
  encoder: [dropout({ rate: 0.5 }), dense({ units: 4, activation: 'relu' })],
  decoder: [dense({ units: WIDTH, activation: 'sigmoid' })],
  loss: 'binaryCrossentropy',
})
const model = registry.build('model', spec, { registry, fields: { input: [WIDTH] } })
const program = tinyProgram({ model, optimizers: { reconstruction: descent } })
const open = (on: Runtime) => openCompiledSession(program, on, { id: 'x', device: 'x', kernels: true })

/** A batch of its own, which counts how often it is asked for. */
function batchOf(index: number, asked: number[] = []): Batch {
  const { fields, size } = tinyBatch(SIZE, { input: [WIDTH] })
  return {
    size,
    fields,
    fill: (_, out) => {
      asked[index] = (asked[index] ?? 0) + 1
      for (let i = 0; i < out.length; i++) out[i] = (((i + index) * 7919) % 101) / 100
    },
  }
}

const request = { objective: 'reconstruction', learningRate: 0.5 }

async function train(session: Session, batches: readonly Batch[], hints: readonly (Batch | undefined)[]) {
  const losses: number[] = []
  for (const [step, batch] of batches.entries()) {
    const hint = hints[step + 1]
    const next = hint && { objective: 'reconstruction', batch: hint, step: step + 1 }
    losses.push((await session.step({ ...request, batch, step, next })).loss!)
  }
  const { weights } = await session.state()
  session.dispose()
  return { losses, weights }
}

const runtimes: [string, () => Promise<Runtime>][] = [
  ['its C interface', async () => (await loadNativeRuntime())!],
  ['onnxruntime-node', async () => runtime],
]

test.each(runtimes)('a step that was prepared is the one that would have been, on %s', async (_, load) => {
  const on = await load()
  const asked: number[] = []
  const batches = [0, 1, 2, 3, 4].map((index) => batchOf(index, asked))
  const plain = await train(await open(on), batches, [])
  expect(asked).toEqual([1, 1, 1, 1, 1])
  expect(await train(await open(on), batches, batches)).toEqual(plain)
  expect(asked).toEqual([2, 2, 2, 2, 2])
})

test('hints that were wrong, of another size or that fail cost time alone', async () => {
  const on = (await loadNativeRuntime())!
  const batches = [0, 1, 2, 3].map((index) => batchOf(index))
  const plain = await train(await open(on), batches, [])
  const broken: Batch = {
    ...batchOf(9),
    fill: () => {
      throw new Error('a sample is missing')
    },
  }
  const hints = [undefined, batchOf(7), { ...batchOf(1), size: 5 }, broken]
  expect(await train(await open(on), batches, hints)).toEqual(plain)
})

test('a batch that cannot be read fails its own step, and not the one before', async () => {
  const session = await open((await loadNativeRuntime())!)
  const broken: Batch = {
    ...batchOf(1),
    fill: () => {
      throw new Error('a sample is missing')
    },
  }
  const next = { objective: 'reconstruction', batch: broken, step: 1 }
  const { loss } = await session.step({ ...request, batch: batchOf(0), step: 0, next })
  expect(loss).toBeGreaterThan(0)
  await expect(session.step({ ...request, batch: broken, step: 1 })).rejects.toThrow('a sample is missing')
  session.dispose()
})
