import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compare, definitionsAgree } from './definitions-agree'
import { programOf, registry } from './fixture'
import { wholeModels } from './whole-models'

// Where there is no GPU, Debian's chromium brings an emulation that Vulkan can be pointed to.
const emulation = '/usr/lib/chromium/vk_swiftshader_icd.json'
if (!process.env.VK_ICD_FILENAMES && !process.env.SANDGLASS_GPU && existsSync(emulation))
  process.env.VK_ICD_FILENAMES = emulation

const backend = registry.build('backend', 'onnxruntime-webgpu')
const probe = await backend.probe()
const required = (process.env.SANDGLASS_REQUIRE ?? '').split(',').includes('webgpu')

test.runIf(required)('WebGPU is there, since it is required', () => {
  expect(probe).toMatchObject({ available: true })
})

describe.skipIf(!probe.available)('on WebGPU', () => {
  test.each(wholeModels.filter(([name]) => /sparse|Adam|convolutional/.test(name)))('%s', async (_, one) => {
    await compare(backend, { ...one, steps: 5 })
  })

  test('the session says what computes', async () => {
    const session = await backend.open(programOf(wholeModels[0]![1]))
    expect(session.backend).toMatchObject({ id: 'onnxruntime-webgpu' })
    if (process.env.VK_ICD_FILENAMES === emulation) {
      expect(session.backend.device).toBe('SwiftShader through Vulkan (software: emulated on the CPU)')
      expect(probe).toMatchObject({ software: true })
    }
    session.dispose()
  })

  // Minutes on an emulated device.
  if (required) definitionsAgree(backend, (one) => ({ ...one, steps: 2 }))
})
