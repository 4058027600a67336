import { createStreams } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { add, div, exp, matMul, mul, reshape, sqrt, square, sub, sum } from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { runtime, sample } from '../testing/parity'
import { trace } from '../trace/trace'
import { type Arena, createArena } from './arena'
import { compileGraph } from './compile-graph'
import type { Runtime } from './runtime'
import { createStateCell } from './state-cell'

const isState = {
  input: (name: string) => name === 'state',
  output: (name: string) => name === 'next',
}
const traced = () =>
  trace(
    ({ state, x }, random) => ({
      next: add(state!, mul(x!, random.uniform('noise', [2]))),
      sum: sum(exp(mul(0, x!))),
    }),
    { state: { shape: [2] }, x: { shape: [2] }, unused: { shape: [5] } },
  )
const tensor = (...values: number[]) =>
  new runtime.Tensor('float32', Float32Array.from(values), [values.length])

describe('a compiled graph', () => {
  test('has buffers for what it reads and is not state', async () => {
    const graph = await compileGraph(runtime, { threads: 1 }, traced(), isState)
    expect(Object.keys(graph.inputs).sort()).toEqual(['random/uniform/noise', 'x'])
    await graph.release()
  })

  test.each(['in-place', 'returned'] as const)('runs with state that is %s', async (state) => {
    const graph = await compileGraph(runtime, { state, threads: 1 }, traced(), isState)
    graph.inputs.x!.data.set([10, 20])
    graph.drawRandom((name) => createStreams(1).at(name, 3))
    const noise = createStreams(1).at('noise', 3).uniform(new Float32Array(2))
    const next = tensor(0, 0)
    const results = await graph.run({ state: tensor(1, 2) }, state === 'in-place' ? { next } : {})
    const expected = [1 + 10 * noise[0]!, 2 + 20 * noise[1]!]
    expect(results.next === next).toBe(state === 'in-place')
    for (const [i, value] of expected.entries())
      expect((results.next!.data as Float32Array)[i]).toBeCloseTo(value, 5)
    expect((results.sum!.data as Float32Array)[0]).toBe(2)
    await graph.release()
  })

  describe('whose tail is a kernel', () => {
    const size = 200
    const update = () =>
      trace(
        ({ state, x, rate }) => {
          const gradient = matMul(x!, x!, true)
          const next = sub(state!, mul(rate!, div(gradient, add(sqrt(square(gradient)), 1e-3))))
          return { next, norm: sum(square(next)), shape: reshape(next, [size * size]) }
        },
        { state: { shape: [size, size] }, x: { shape: [size, size] }, rate: { shape: [] } },
      )

    async function twoSteps(arena?: Arena) {
      const graph = await compileGraph(runtime, { threads: 1, arena }, update(), isState)
      const cell = createStateCell(runtime, [size, size], { arena })
      cell.write(sample('w', [size, size]).data)
      const seen: number[][] = []
      for (const rate of [0.1, 0.2]) {
        graph.inputs.x!.data.set(sample('x', [size, size]).data)
        graph.inputs.rate!.data[0] = rate
        const next = cell.target()!
        const made = await graph.run({ state: cell.current() }, { next })
        cell.accept(made.next!)
        seen.push(...Object.values(made).map(({ data }) => [...(data as Float32Array)]))
      }
      await graph.release()
      return seen
    }

    test('gives what it gives in one call', async () => {
      const [whole, split] = [await twoSteps(), await twoSteps(createArena())]
      expect(split.length).toBe(whole.length)
      for (const [i, values] of whole.entries())
        for (const [j, value] of values.entries())
          expect(Math.abs(split[i]![j]! - value)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)))
    })

    test('and nothing but that runs as a whole', async () => {
      const all = trace(({ x }) => ({ sum: add(mul(x!, 2), 1) }), { x: { shape: [size, size] } })
      const graph = await compileGraph(runtime, { threads: 1, arena: createArena() }, all, isState)
      const { data } = sample('x', [size, size])
      graph.inputs.x!.data.set(data)
      const { sum: result } = await graph.run({}, {})
      for (const i of [0, 17, size * size - 1])
        expect((result!.data as Float32Array)[i]).toBeCloseTo(2 * data[i]! + 1, 5)
      await graph.release()
    })

    test('gives its memory back', async () => {
      const arena = createArena()
      const sizes: number[] = []
      for (let i = 0; i < 6; i++) {
        const graph = await compileGraph(runtime, { threads: 1, arena }, update(), isState)
        await graph.release()
        sizes.push(arena.memory.buffer.byteLength)
      }
      expect(sizes[0]).toBeGreaterThan(4 * size * size)
      expect(new Set(sizes).size).toBe(1)
    })

    test('leaves nothing allocated when it cannot be opened', async () => {
      const failing = { ...runtime, InferenceSession: { create: () => Promise.reject(new Error('refused')) } }
      const arena = createArena()
      const before = arena.allocate(4 * size * size)
      arena.free(before, 4 * size * size)
      for (let i = 0; i < 3; i++)
        await expect(compileGraph(failing, { arena }, update(), isState)).rejects.toThrow(/refused/)
      expect(arena.allocate(4 * size * size)).toBe(before)
    })
  })

  test('is refused when it needs more memory than there is', async () => {
    await expectError(() => compileGraph(runtime, { memory: 10 }, traced(), isState, 'this'), {
      code: 'backend',
      message: /not enough memory for this/,
    })
  })

  test('asks for state on the device, and keeps what WebGPU lacks off it', async () => {
    let asked: Record<string, unknown> = {}
    const spying: Runtime = {
      Tensor: runtime.Tensor,
      InferenceSession: {
        create: async (_, options) => {
          asked = options as typeof asked
          return { run: async () => ({}), release: async () => undefined }
        },
      },
    }
    await compileGraph(spying, { provider: 'webgpu', state: 'gpu-buffer' }, traced(), isState)
    expect(asked).toMatchObject({
      executionProviders: ['webgpu'],
      preferredOutputLocation: { next: 'gpu-buffer' },
    })
    await compileGraph(spying, { threads: 3 }, traced(), isState)
    expect(asked).toMatchObject({ executionProviders: ['cpu'], intraOpNumThreads: 3 })
    expect(asked).not.toHaveProperty('preferredOutputLocation')
  })
})
