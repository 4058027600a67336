import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectError } from '@sandglass/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import {
  autoencoder,
  core,
  createRegistry,
  define,
  definePlugin,
  dense,
  initialWeights,
  type Spec,
} from '../index'
import { loadModel, saveModel } from './model-file'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandglass-model-'))
})
afterAll(() => rm(folder, { recursive: true }))

const registry = createRegistry([core])
const spec = (activation: Spec) =>
  autoencoder({
    encoder: [dense({ units: 2, activation: activation as never })],
    decoder: [dense({ units: 3, activation: 'sigmoid' })],
    loss: 'binaryCrossentropy',
  })
const model = registry.build('model', spec({ type: 'selu' }), { registry, fields: { input: [3] } })
const weights = initialWeights(model, 7)

test('a model comes back from disk', async () => {
  const path = join(folder, 'model.safetensors')
  await saveModel(path, { model, weights, extras: { labels: ['shirt'] } })
  const found = await loadModel(path, createRegistry([core]))
  expect(found.weights).toEqual(weights)
  expect(found.model.spec).toEqual(model.spec)
  expect(found.extras).toEqual({ labels: ['shirt'] })
})

test('lazy definitions are imported on the way', async () => {
  const loud = define('activation', {
    type: 'acme/loud',
    description: 'the identity',
    schema: z.strictObject({}),
    build: () => ({ apply: (x) => x }),
  })
  const acme = (lazy: boolean) =>
    definePlugin({
      name: 'acme',
      version: '1.0.0',
      apiVersion: 1,
      definitions: [
        lazy ? { kind: 'activation', type: 'acme/loud', description: '', load: async () => loud } : loud,
      ],
    })
  const eager = createRegistry([core, acme(false)])
  const path = join(folder, 'loud.safetensors')
  const loudModel = eager.build('model', spec({ type: 'acme/loud' }), {
    registry: eager,
    fields: { input: [3] },
  })
  await saveModel(path, { model: loudModel, weights })
  expect((await loadModel(path, createRegistry([core, acme(true)]))).weights).toEqual(weights)
  await expectError(() => loadModel(path, registry), {
    code: 'plugin',
    message: /loud\.safetensors needs the plugin acme for activation\/acme\/loud/,
  })
})

test('errors name the file and say what to do', async () => {
  const path = join(folder, 'broken.safetensors')
  await saveModel(path, { model, weights })
  const bytes = await readFile(path)

  await writeFile(path, bytes.subarray(0, bytes.length - 5))
  await expectError(() => loadModel(path, registry), {
    code: 'file',
    message:
      /broken\.safetensors is truncated\. Got \d+ bytes; expected \d+ bytes\. Copy or download it again/,
  })
  bytes[bytes.length - 3]! ^= 0x10
  await writeFile(path, bytes)
  await expectError(() => loadModel(path, registry), {
    code: 'file',
    message: /broken\.safetensors is corrupted.*Use another copy/,
  })
  await writeFile(path, '{"this": "is JSON"}')
  await expectError(() => loadModel(path, registry), {
    code: 'file',
    message: /broken\.safetensors was not written by Sandglass\. Got a JSON file; expected a Sandglass model/,
  })
  await writeFile(path, '')
  await expectError(() => loadModel(path, registry), {
    code: 'file',
    message: /broken\.safetensors is truncated\. Got 0 bytes/,
  })
  await expectError(() => loadModel(join(folder, 'none'), registry), {
    code: 'file',
    message: /none cannot be read\. Got no such file/,
  })
  await expectError(() => loadModel(folder, registry), { code: 'file', message: /expected a file/ })
  await expectError(() => saveModel(join(folder, 'none', 'x'), { model, weights }), {
    code: 'file',
    message: /cannot be written\. Got no such file or folder/,
  })
})
