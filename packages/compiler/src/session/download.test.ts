import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { runtime } from '../testing/parity'
import { createDownloader } from './download'
import type { Runtime, RuntimeTensor } from './runtime'

const held = (...values: number[]) =>
  new runtime.Tensor('float32', Float32Array.from(values), [values.length])

/** Stands for a tensor of a device: only a graph that it is fed to sees its values. */
const remote = (tensor: RuntimeTensor) => ({
  dims: tensor.dims,
  location: 'gpu-buffer',
  tensor,
  get data(): never {
    throw new Error('not here')
  },
})

/** A runtime that knows such tensors. */
function deviceRuntime() {
  const made: string[] = []
  const device: Runtime = {
    Tensor: runtime.Tensor,
    InferenceSession: {
      create: async (model) => {
        const session = await runtime.InferenceSession.create(model)
        made.push('made')
        return {
          run: (feeds) =>
            session.run(
              Object.fromEntries(
                Object.entries(feeds).map(([name, tensor]) => [
                  name,
                  (tensor as ReturnType<typeof remote>).tensor,
                ]),
              ),
            ),
          release: async () => {
            made.push('released')
            await session.release()
          },
        }
      },
    },
  }
  return { device, made }
}

test('reads tensors of the host and of the device, as copies', async () => {
  const { device, made } = deviceRuntime()
  const downloader = createDownloader(device, {})
  const here = held(1, 2)
  const read = () => downloader.read({ here, there: remote(held(3, 4, 5)) })
  const values = await read()
  expect(values).toEqual({ here: Float32Array.of(1, 2), there: Float32Array.of(3, 4, 5) })
  values.here!.fill(0)
  expect(await read()).toEqual({ here: Float32Array.of(1, 2), there: Float32Array.of(3, 4, 5) })
  expect(made).toEqual(['made'])
  expect(await downloader.read({ other: remote(held(6)) })).toEqual({ other: Float32Array.of(6) })
  expect(made).toEqual(['made', 'released', 'made'])
  await downloader.release()
  await downloader.release()
  expect(made).toEqual(['made', 'released', 'made', 'released'])
})

test('needs no graph for tensors of the host', async () => {
  const { device, made } = deviceRuntime()
  expect(await createDownloader(device, {}).read({ here: held(7) })).toEqual({ here: Float32Array.of(7) })
  expect(made).toEqual([])
})

test('says that it failed', async () => {
  const lost: Runtime = {
    Tensor: runtime.Tensor,
    InferenceSession: { create: () => Promise.reject(new Error('device lost')) },
  }
  await expectError(() => createDownloader(lost, {}).read({ there: remote(held(1)) }), {
    code: 'backend',
    message: /failed while reading the state from the device\. Got device lost/,
  })
})
