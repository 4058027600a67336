import { core, cpuName, createRegistry } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import { compiler } from '../plugin'
import { runtime } from '../testing/parity'
import { tinyBatch, tinyProgram } from '../testing/tiny'
import { adapterDevice, graphicsDevice } from './graphics-device'
import { coresAllowed, memoryOfHost } from './host'
import { INSTALL, importRuntime, type NodeRuntime } from './load-node'
import { createNodeBackend } from './node-backends'
import { readTrial, tryProvider } from './probe-provider'

const registry = createRegistry([core, compiler])

/** A provider made up for a test. */
const provider = (name: string) => ({
  provider: name,
  preference: 1,
  description: 'a test',
  device: (drivers: readonly string[]) => ({ device: `a ${name} with ${drivers.join(', ') || 'nothing'}` }),
  advice: 'Get one.',
})
const found = (...names: string[]) =>
  Promise.resolve({
    module: {
      ...runtime,
      listSupportedBackends: () => names.map((name) => ({ name, bundled: true })),
    } as unknown as NodeRuntime,
  })

describe('onnxruntime', () => {
  test('runs here, on the processor that it names', async () => {
    const backend = registry.build('backend', { type: 'onnxruntime', threads: 1 })
    expect(await backend.probe()).toEqual({ available: true, device: cpuName() })
    const session = await backend.open(tinyProgram())
    expect(session.backend).toEqual({ id: 'onnxruntime', device: cpuName() })
    const request = { objective: 'reconstruction', batch: tinyBatch(), step: 0, learningRate: 0.1 }
    expect((await session.step(request)).loss).toBeGreaterThan(0)
    session.dispose()
  })

  test('computes the same with and without calling the C interface', async () => {
    const train = async (native: boolean) => {
      const session = await registry.build('backend', { type: 'onnxruntime', native }).open(tinyProgram())
      for (let step = 0; step < 3; step++)
        await session.step({ objective: 'reconstruction', batch: tinyBatch(), step, learningRate: 0.1 })
      const state = await session.state()
      session.dispose()
      return state
    }
    expect(await train(false)).toEqual(await train(true))
  })

  test('that is not installed says how to get it', async () => {
    const missing = Object.assign(new Error("Cannot find package 'onnxruntime-node' imported from /app"), {
      code: 'ERR_MODULE_NOT_FOUND',
    })
    const load = () => importRuntime<NodeRuntime>('onnxruntime-node', () => Promise.reject(missing), INSTALL)
    const backend = createNodeBackend('onnxruntime', provider('cpu'), {}, load)
    expect(await backend.probe()).toEqual({
      available: false,
      reason: 'the package onnxruntime-node is not installed',
      advice: `Run: ${INSTALL}`,
    })
    await expectError(() => backend.open(tinyProgram()), {
      code: 'backend',
      message:
        /"onnxruntime" cannot run here: the package onnxruntime-node is not installed\. Run: ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node/,
    })
  })

  test('that is broken says why', async () => {
    for (const error of [
      new Error('libonnxruntime.so.1: cannot open shared object file\nmore'),
      Object.assign(
        new Error(
          "Cannot find module '../bin/napi-v6/aix/onnxruntime_binding.node'\nRequire stack:\n- onnxruntime-node/dist/binding.js",
        ),
        {
          code: 'MODULE_NOT_FOUND',
        },
      ),
    ])
      expect(await importRuntime('onnxruntime-node', () => Promise.reject(error))).toMatchObject({
        available: false,
        reason: `onnxruntime-node cannot be loaded: ${error.message.split('\n')[0]}`,
        advice: expect.stringMatching(/Reinstall it/),
      })
  })
})

describe('other execution providers', () => {
  test('that the platform lacks are not tried', async () => {
    const attempt = () => Promise.reject(new Error('tried'))
    const backend = createNodeBackend('x', provider('dml'), undefined, () => found('cpu'), attempt)
    expect(await backend.probe()).toEqual({
      available: false,
      reason: `onnxruntime-node has no dml on ${process.platform} ${process.arch}`,
      advice: 'Get one.',
    })
    const libraries = { ...provider('cuda'), library: 'libnowhere.so' }
    const cuda = createNodeBackend('x', libraries, undefined, () => found('cuda'), attempt)
    expect(await cuda.probe()).toMatchObject({ reason: 'libnowhere.so is not installed' })
  })

  test('are what their trial run says', async () => {
    const trials = [
      { ran: false, reason: 'no adapter' },
      { ran: true, drivers: ['libvulkan_radeon.so'] },
    ] as const
    let count = 0
    const backend = createNodeBackend(
      'x',
      provider('webgpu'),
      undefined,
      () => found('webgpu'),
      async () => trials[count++]!,
    )
    expect(await backend.probe()).toEqual({ available: false, reason: 'no adapter', advice: 'Get one.' })
    // A failure is tried again, a success is kept.
    for (let i = 0; i < 2; i++)
      expect(await backend.probe()).toEqual({
        available: true,
        device: 'a webgpu with libvulkan_radeon.so',
      })
    expect(count).toBe(2)
  })

  test('probe truthfully here', async () => {
    for (const type of ['cuda', 'coreml', 'directml', 'webgpu']) {
      const probe = await registry.build('backend', `onnxruntime-${type}`).probe()
      if (probe.available) expect(probe.device).not.toBe('')
      else expect([type, probe.reason.length > 5, probe.advice.length > 5]).toEqual([type, true, true])
    }
    expect(await registry.build('backend', 'onnxruntime-web').probe()).toEqual({
      available: true,
      device: 'WebAssembly SIMD, 1 thread',
    })
    expect(await registry.build('backend', { type: 'onnxruntime-web', device: 'webgpu' }).probe()).toEqual({
      available: false,
      reason: 'WebGPU of onnxruntime-web is for browsers',
      advice: 'In Node use the backend onnxruntime-webgpu.',
    })
  })
})

describe('a trial run', () => {
  test('refuses to compute on the CPU in the name of another', async () => {
    // ONNX Runtime counts its own CPU provider as the fallback that is switched off.
    expect(await tryProvider('cpu')).toMatchObject({ ran: false, reason: expect.stringMatching(/CPU EP/) })
    expect(await tryProvider('nonsense')).toMatchObject({ ran: false })
  })

  test('survives what crashes', () => {
    expect(readTrial('', { signal: 'SIGABRT' })).toEqual({
      ran: false,
      reason: 'a trial run crashed (SIGABRT)',
    })
    expect(readTrial('noise', { code: 3 })).toEqual({
      ran: false,
      reason: 'a trial run crashed (exit code 3)',
    })
    expect(readTrial('', null)).toMatchObject({ ran: false, reason: 'a trial run crashed (no result)' })
    expect(readTrial('', { killed: true, signal: 'SIGTERM' })).toEqual({
      ran: false,
      reason: 'a trial run did not end',
    })
    expect(readTrial('noise\nRESULT {"ran":true,"drivers":[]}\n', { signal: 'SIGSEGV' })).toEqual({
      ran: true,
      drivers: [],
    })
  })
})

describe('the device that computes', () => {
  test('is told by its drivers', () => {
    const of = (drivers: string[], platform = 'linux') => graphicsDevice(drivers, platform)
    expect(of(['libvk_swiftshader.so'])).toEqual({
      device: 'SwiftShader through Vulkan (software: emulated on the CPU)',
      software: true,
    })
    expect(of(['libvulkan_lvp.so']).software).toBe(true)
    expect(of(['libvulkan_lvp.so', 'libvulkan_radeon.so'])).toEqual({
      device: 'AMD Radeon through Vulkan',
      software: false,
    })
    expect(of(['libvulkan_intel.so', 'libGLX_nvidia.so.0']).device).toBe(
      'one of Intel, NVIDIA through Vulkan',
    )
    expect(of([], 'darwin')).toEqual({ device: 'a GPU through Metal', software: false })
    expect(of([], 'win32').device).toBe('a GPU through Direct3D 12')
    expect(of(['libvulkan_powervr.so']).device).toBe('libvulkan_powervr.so through Vulkan')
  })

  test('or by the browser', () => {
    expect(adapterDevice({ vendor: 'apple', architecture: 'metal-3' })).toEqual({
      device: 'apple metal-3 through WebGPU',
      software: false,
    })
    expect(adapterDevice({ description: 'SwiftShader Device' }).software).toBe(true)
    expect(adapterDevice({ vendor: 'google', isFallbackAdapter: true }).software).toBe(true)
    expect(adapterDevice({}).device).toBe('a GPU without a name through WebGPU')
  })
})

test('the host says how much memory it has', () => {
  expect(memoryOfHost()).toBeGreaterThan(2 ** 28)
})

test('cores are counted where a process may not use all of them', () => {
  const host = (allowed: number, all: number) => ({
    availableParallelism: () => allowed,
    cpus: () => Array(all).fill({}),
  })
  expect([coresAllowed(host(2, 8)), coresAllowed(host(8, 8))]).toEqual([2, undefined])
})
