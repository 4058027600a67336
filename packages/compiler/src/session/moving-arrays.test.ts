// Memory moves whenever it grows, and it grows when something new is asked of a session. Here it does so for every
// array, and the numbers must be those of a session whose arrays stay where they are.
import {
  autoencoder,
  conv2d,
  conv2dTranspose,
  dense,
  dropout,
  type LayerSpec,
  lstm,
  maxPooling2d,
  type Optimizer,
  repeatVector,
  type Session,
} from '@sandglass/core'
import { describe, expect, test } from 'vitest'
import { loadNativeRuntime } from '../backends/load-native'
import { runtime as nodeRuntime } from '../testing/parity'
import { averagingMomentum, descent, registry, tinyBatch, tinyProgram } from '../testing/tiny'
import { type Arena, createArena } from './arena'
import { openCompiledSession } from './compiled-session'
import type { Runtime } from './runtime'

function restlessArena(): Arena {
  const arena = createArena()
  let moved = 0
  return {
    memory: arena.memory,
    get grown() {
      return arena.grown + moved
    },
    allocate: (bytes) => {
      arena.memory.grow(1)
      moved++
      return arena.allocate(bytes)
    },
    free: arena.free,
  }
}

const conv = { kernelSize: 3, padding: 'same', activation: 'selu' } as const
const models: Record<string, { input: number[]; encoder: LayerSpec[]; decoder: LayerSpec[] }> = {
  dense: {
    input: [16],
    encoder: [dropout({ rate: 0.25 }), dense({ units: 8, activation: 'selu' })],
    decoder: [dense({ units: 16, activation: 'sigmoid' })],
  },
  convolutional: {
    input: [8, 8, 1],
    encoder: [conv2d({ filters: 4, ...conv }), maxPooling2d(), conv2d({ filters: 2, ...conv })],
    decoder: [conv2dTranspose({ filters: 1, ...conv, strides: 2, activation: 'sigmoid' })],
  },
  recurrent: {
    input: [4, 3],
    encoder: [lstm({ units: 5 })],
    decoder: [repeatVector({ n: 4 }), lstm({ units: 3, returnSequences: true })],
  },
}
const optimizers: Record<string, Optimizer> = { descent, averagingMomentum }
const runtimes: [string, () => Promise<Runtime>, object][] = [
  ['its C interface', async () => (await loadNativeRuntime())!, {}],
  ['its C interface, in parts', async () => (await loadNativeRuntime())!, { parts: 2, cores: 2 }],
  ['onnxruntime-node', async () => nodeRuntime, {}],
]

/** Everything that makes a session compile, and allocate: batches of other sizes, evaluation, functions, foresight. */
async function exercise(session: Session, input: number[]) {
  const objective = 'reconstruction'
  const seen: number[] = []
  for (const [i, size] of [1, 8, 8, 3, 8].entries()) {
    const batch = tinyBatch(size, { input })
    seen.push((await session.evaluate({ objective, batch, index: i })).loss!)
    const next = { objective, batch, step: i + 100 }
    seen.push((await session.step({ objective, batch, step: i, learningRate: 0.05, next })).loss!)
    seen.push((await session.step({ ...next, learningRate: 0.05 })).loss!)
    const data = new Float32Array(size * input.reduce((a, b) => a * b)).fill(0.5)
    seen.push((await session.run('encode', { input: { shape: [size, ...input], data } })).code!.data[0]!)
  }
  const { weights } = await session.state()
  session.dispose()
  for (const { data } of Object.values(weights)) seen.push(...data)
  return seen
}

describe.each(runtimes)('on %s', (_, load, options) => {
  describe.each(Object.entries(models))('%s', (_, { input, encoder, decoder }) => {
    test.each(Object.entries(optimizers))('by %s', async (_, optimizer) => {
      const spec = autoencoder({ encoder, decoder })
      const model = registry.build('model', spec, { registry, fields: { input } })
      const program = tinyProgram({ model, optimizers: { reconstruction: optimizer } })
      const place = { id: 'x', device: 'x', threads: 1, ...options }
      const on = await load()
      const still = await openCompiledSession(program, on, { ...place, kernels: true })
      const moving = await openCompiledSession(program, on, { ...place, arena: restlessArena() })
      expect(await exercise(moving, input)).toEqual(await exercise(still, input))
    })
  })
})
