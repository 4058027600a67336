import '@tensorflow/tfjs-backend-cpu'
import { expectError, expectNoLeak } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import { draw } from './draw'
import { drawsAt } from './draws'
import { createStreams } from './streams'
import { tensorSource } from './tensor-source'

const streams = createStreams(7)
const distributions = ['uniform', 'normal', 'truncatedNormal'] as const

describe.each(distributions)('%s', (distribution) => {
  test('gives float32 tensors of what the stream, and draw, give at that step', async () => {
    const tensor = tensorSource(drawsAt(streams, { step: 3 }))[distribution]('encoder/0/noise', [4, 5, 2])
    expect(tensor.shape).toEqual([4, 5, 2])
    expect(tensor.dtype).toBe('float32')
    const stream = streams.at('encoder/0/noise', 3)
    const values = await tensor.data()
    expect(values).toEqual(stream[distribution](new Float32Array(40)))
    expect(values).toEqual(draw(stream, distribution, new Float32Array(40)))
    expect(values).not.toEqual(draw(streams.at('encoder/0/noise', 4), distribution, new Float32Array(40)))
    tensor.dispose()
  })

  test('gives the same numbers when a stream is asked twice in one step', async () => {
    const source = tensorSource(drawsAt(streams, { step: 0 }))
    const [first, second] = [source[distribution]('a', [6]), source[distribution]('a', [6])]
    expect(await second.data()).toEqual(await first.data())
    first.dispose()
    second.dispose()
  })

  test('begins where the first sample of a shard stands', async () => {
    const draw = (shape: number[], first?: number) =>
      tensorSource(drawsAt(streams, { step: 2, first, prefix: 'run/' }))[distribution]('a', shape)
    const [whole, left, right] = [draw([8, 3]), draw([5, 3]), draw([3, 3], 5)]
    const values = await Promise.all([whole, left, right].map((tensor) => tensor.data()))
    expect([...values[1]!, ...values[2]!]).toEqual([...values[0]!])
    expect(values[0]).toEqual(streams.at('run/a', 2)[distribution](new Float32Array(24)))
    for (const tensor of [whole, left, right]) tensor.dispose()
  })

  test('makes one tensor, which belongs to the caller', async () => {
    await expectNoLeak(() =>
      tensorSource(drawsAt(streams, { step: 0 }))
        [distribution]('a', [2, 3])
        .dispose(),
    )
  })

  test('takes scalars and empty batches, and refuses anything that is no shape', () => {
    const source = tensorSource(drawsAt(streams, { step: 0 }))
    const [scalar, empty] = [source[distribution]('a', []), source[distribution]('a', [0, 3])]
    expect([scalar.shape, empty.shape]).toEqual([[], [0, 3]])
    scalar.dispose()
    empty.dispose()
    for (const extent of [-1, 1.5, Number.NaN])
      expectError(() => source[distribution]('encoder/0/noise', [2, extent]), {
        code: 'shape',
        message:
          /cannot draw random stream "encoder\/0\/noise"\. Got shape \[2, .*\]; expected extents that are integers/,
      })
  })
})
