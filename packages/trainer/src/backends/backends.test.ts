import type { Backend } from '@sandglass/core'
import { core, createRegistry } from '@sandglass/core'
import { describe, expect, test } from 'vitest'
import { trainer } from '../plugin'
import { backends, cpu, tensorflowGpu, wasm, webgl } from './index'
import { describeAdapter } from './webgpu'

const registry = createRegistry([core, trainer])

test('all are registered', () => {
  const ids = registry.list('backend').map(({ type }) => type)
  expect(ids).toEqual(expect.arrayContaining(backends.map(({ type }) => type)))
  for (const { type } of backends) expect((registry.build('backend', { type }) as Backend).id).toBe(type)
})

test('cpu and wasm report what they run on', async () => {
  expect(await registry.build('backend', cpu()).probe()).toMatchObject({
    available: true,
    device: expect.stringMatching(/^JavaScript, 1 thread, \S/),
  })
  expect(await registry.build('backend', wasm()).probe()).toMatchObject({
    available: true,
    device: expect.stringMatching(/^WebAssembly SIMD, 1 thread, \S/),
  })
})

test('webgl says that it needs a browser', async () => {
  expect(await registry.build('backend', webgl()).probe()).toEqual({
    available: false,
    reason: 'WebGL needs a browser',
    advice: 'In Node, use tensorflow, webgpu or wasm.',
  })
})

test('tensorflow-gpu never passes for available without a GPU', async () => {
  const probe = await registry.build('backend', tensorflowGpu()).probe()
  if (probe.available) expect(probe.device).toMatch(/NVIDIA|GeForce|Tesla|Quadro|RTX|[AH]\d00/)
  else
    expect(`${probe.reason} ${probe.advice}`).toMatch(
      /npm (install|rebuild)|CUDA|nvidia-smi|own process|process of its own/,
    )
})

describe('webgpu names the device', () => {
  const cases = [
    [
      'a GPU',
      { vendor: 'nvidia', architecture: 'hopper', device: '0x2335', description: 'NVIDIA H200' },
      'WebGPU, NVIDIA H200',
      false,
    ],
    ['one without description', { vendor: 'apple', architecture: 'metal-3' }, 'WebGPU, apple metal-3', false],
    ['one that hides', {}, 'WebGPU, a GPU that does not give its name', false],
    [
      'SwiftShader',
      {
        vendor: 'google',
        architecture: 'swiftshader',
        description: 'SwiftShader driver 5.0.0',
        isFallbackAdapter: true,
      },
      'WebGPU, SwiftShader driver 5.0.0 (software: emulated on the CPU)',
      true,
    ],
    [
      'llvmpipe',
      { description: 'llvmpipe (LLVM 15.0.6, 256 bits)' },
      'WebGPU, llvmpipe (LLVM 15.0.6, 256 bits) (software: emulated on the CPU)',
      true,
    ],
  ] as const
  test.each(cases)('%s', (_, info, device, software) => {
    expect(describeAdapter(info)).toEqual({ device, software })
  })
})
