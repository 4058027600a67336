import { createStreams } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { add, exp, mul, sum } from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { runtime } from '../testing/parity'
import { trace } from '../trace/trace'
import { compileGraph } from './compiled-graph'
import type { Runtime } from './runtime'

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
