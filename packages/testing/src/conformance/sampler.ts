import { createStreams, type HostRecord, type HostTensor, type Sampler, sizeOf } from '@sandglass/core'
import { fill } from '../fill'
import type { SamplerCase } from './cases'
import { type AsyncChecker, demand } from './checker'

/**
 * What it fits is the same for the same seed and can be cancelled; codes have the shape asked for, are finite, the same
 * for a seed and draw, and the first of a draw do not depend on how many are asked for.
 */
export async function checkSampler(
  { check }: AsyncChecker,
  sampler: Sampler,
  options: SamplerCase,
): Promise<void> {
  const { shape = [3], samples = 40 } = options
  const codes: HostTensor = { shape: [samples, ...shape], data: fill(samples * sizeOf(shape), 7, -1, 1) }
  const fit = (signal = new AbortController().signal) =>
    sampler.fit!({
      codes,
      streams: createStreams(5),
      signal,
      progress: () => signal.throwIfAborted(),
    })
  let tensors: HostRecord = {}
  if (sampler.fit)
    await check('fit', async () => {
      tensors = await fit()
      demand(same(tensors, await fit()), 'fitting twice with the same seed gives different tensors')
      const stop = new AbortController()
      stop.abort(new Error('stopped'))
      const ended = await fit(stop.signal).then(
        () => 'went on to the end, and must tell its progress',
        (error: Error) => (error.message === 'stopped' ? undefined : `threw ${error.message}`),
      )
      demand(ended === undefined, `cancelled, it ${ended}`)
    })
  const draw = (size: number, step = 0, seed = 1) =>
    sampler.sample({ tensors, size, shape, streams: createStreams(seed), draw: step })
  await check('codes', () => {
    const { shape: got, data } = draw(6)
    demand(got.join() === [6, ...shape].join(), `it gives the shape [${got}] for 6 codes of [${shape}]`)
    demand(data.length === 6 * sizeOf(shape), `it gives ${data.length} numbers`)
    demand(data.every(Number.isFinite), 'not all codes are finite')
  })
  await check('draws', () => {
    demand(same({ x: draw(6, 2) }, { x: draw(6, 2) }), 'the same seed and draw give different codes')
    const few = draw(2, 2)
    const many = { shape: few.shape, data: draw(6, 2).data.slice(0, few.data.length) }
    demand(same({ x: few }, { x: many }), 'the first codes of a draw depend on how many are asked for')
  })
}

function same(a: HostRecord, b: HostRecord): boolean {
  const text = (record: HostRecord) =>
    JSON.stringify(Object.entries(record).map(([name, { shape, data }]) => [name, shape, Array.from(data)]))
  return text(a) === text(b)
}
