import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { autoencoder, core, createRegistry, dense, initialWeights } from '@sandglass/core'
import { loadModel, saveModel } from '@sandglass/core/node'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Terminal } from '../command'
import { main } from '../main'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandglass-export-'))
  const registry = createRegistry([core])
  const spec = autoencoder({ encoder: [dense({ units: 2 })], decoder: [dense({ units: 3 })] })
  const model = registry.build('model', spec, { registry, fields: { input: [3] } })
  await saveModel(join(folder, 'model.safetensors'), { model, weights: initialWeights(model, 1) })
})
afterEach(() => rm(folder, { recursive: true }))

async function run(...args: string[]) {
  const [out, err]: string[][] = [[], []]
  const terminal: Terminal = {
    out: (text) => void out!.push(text),
    err: (text) => void err!.push(text),
    self: [],
    plugins: [],
    interruptible: () => new AbortController().signal,
  }
  const code = await main(['export', join(folder, 'model.safetensors'), ...args], terminal)
  return { code, out: out!.join(''), err: err!.join('') }
}

test('writes a file that encodes as the model does', async () => {
  const path = join(folder, 'encoder.onnx')
  const { code, out } = await run('--function', 'encode', '--out', path, '--json')
  expect(code).toBe(0)
  const report = JSON.parse(out)
  expect(report).toMatchObject({
    function: 'encode',
    inputs: { input: ['batch', 3] },
    outputs: { code: ['batch', 2] },
    paths: { model: path },
  })
  const { weights } = await loadModel(join(folder, 'model.safetensors'), createRegistry([core]))
  const kernel = weights['encoder/0/kernel']!.data
  const session = await InferenceSession.create(path)
  const results = await session.run({ input: new Tensor('float32', [1, 0, 0, 0, 1, 0], [2, 3]) })
  await session.release()
  expect(results.code!.dims).toEqual([2, 2])
  expect(Array.from(results.code!.data as Float32Array)).toEqual(Array.from(kernel.slice(0, 4)))
})

test('says what it wrote', async () => {
  const { out } = await run('--batch', '4', '--out', join(folder, 'x.onnx'))
  expect(out).toMatch(/^reconstruct: input \[4, 3\] → output \[4, 3\], [\d,]+ bytes: .*x\.onnx\n$/)
})

test('leaves nothing behind when it cannot', async () => {
  const unknown = await run('--function', 'encod', '--out', join(folder, 'x.onnx'))
  expect(unknown).toMatchObject({ code: 1, out: '' })
  expect(unknown.err).toMatch(
    /^Error: the model has no function "encod"\. Expected one of encode, decode, reconstruct\.\n$/,
  )
  const none = await run('--batch', '0', '--out', join(folder, 'x.onnx'))
  expect(none.err).toMatch(/^Error: --batch is not usable\. Got 0; expected a whole number from 1 up\.\n$/)
  const nowhere = await run('--out', join(folder, 'no', 'such', 'x.onnx'))
  expect(nowhere.err).toMatch(/^Error: .*x\.onnx cannot be written\./)
  expect(await readdir(folder)).toEqual(['model.safetensors'])
})
