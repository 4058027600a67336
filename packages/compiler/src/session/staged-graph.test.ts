import { add, matMul, mean, mul, reshape, selu, sigmoid, square, sub, sum } from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'

import { runtime, sample } from '../testing/parity'
import { trace } from '../trace/trace'
import { type Arena, arenaBuffer, createArena } from './arena'
import { compileGraph } from './compiled-graph'

const isState = {
  input: (name: string) => name === 'w',
  output: (name: string) => name === 'next',
}
const batch = 200

/** A step that needs several calls with kernels between them. */
const traced = () =>
  trace(
    ({ x, w, v }) => {
      const h = selu(matMul(reshape(x!, [batch, 100]), w!))
      const y = sigmoid(matMul(h, v!))
      return {
        next: sub(w!, mul(0.1, reshape(mean(matMul(y, v!, false, true), 0), [1, 300]))),
        loss: mean(square(sub(y, sum(add(h, 1))))),
        y: reshape(y, [batch, 10, 10]),
      }
    },
    { x: { shape: [batch, 10, 10] }, w: { shape: [100, 300] }, v: { shape: [300, 100] } },
  )

async function run(arena?: Arena) {
  const graph = await compileGraph(runtime, { threads: 1, arena }, traced(), isState)
  const cell = () =>
    arena
      ? arenaBuffer(runtime, arena, arena.allocate(4 * 100 * 300), [100, 300])
      : { tensor: new runtime.Tensor('float32', new Float32Array(100 * 300), [100, 300]) }
  const [w, next] = [cell(), cell()]
  ;(w.tensor.data as Float32Array).set(sample('w', [100, 300]).data)
  const results: Record<string, number[]> = {}
  for (let step = 0; step < 2; step++) {
    graph.inputs.x!.data.set(sample('x', [batch, 100]).data)
    graph.inputs.v!.data.set(sample('v', [300, 100]).data)
    const made = await graph.run({ w: w.tensor }, { next: next.tensor })
    for (const [name, { data }] of Object.entries(made)) results[name] = [...(data as Float32Array)]
  }
  return { graph, results }
}

describe('a graph in stages', () => {
  test('gives what it gives in one call, again and again', async () => {
    const [whole, staged] = [await run(), await run(createArena())]
    expect(Object.keys(staged.results).sort()).toEqual(Object.keys(whole.results).sort())
    for (const [name, values] of Object.entries(whole.results)) {
      const scale = Math.max(...values.map(Math.abs))
      for (const [i, value] of values.entries())
        expect(Math.abs(staged.results[name]![i]! - value) / scale).toBeLessThan(1e-5)
    }
    await Promise.all([whole.graph.release(), staged.graph.release()])
  })

  test('gives its memory back', async () => {
    const arena = createArena()
    const sizes: number[] = []
    for (let i = 0; i < 6; i++) {
      const graph = await compileGraph(runtime, { threads: 1, arena }, traced(), isState)
      await graph.release()
      sizes.push(arena.memory.buffer.byteLength)
    }
    expect(new Set(sizes.slice(1)).size).toBe(1)
  })

  test('leaves nothing allocated when a stage cannot be opened', async () => {
    const arena = createArena()
    const failing = {
      ...runtime,
      InferenceSession: { create: () => Promise.reject(new Error('refused')) },
    }
    const sizes: number[] = []
    for (let i = 0; i < 4; i++) {
      await expect(compileGraph(failing, { arena }, traced(), isState)).rejects.toThrow(/refused/)
      sizes.push(arena.memory.buffer.byteLength)
    }
    expect(new Set(sizes).size).toBe(1)
  })
})
