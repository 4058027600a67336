/** Drivers that emulate a GPU on the CPU. */
const SOFTWARE = /swiftshader|lvp|llvmpipe|lavapipe|softpipe|basic render/i

const NAMES: readonly [RegExp, string][] = [
  [/swiftshader/i, 'SwiftShader'],
  [/lvp/i, 'llvmpipe'],
  [/nvidia/i, 'NVIDIA'],
  [/radeon|amdvlk/i, 'AMD Radeon'],
  [/intel/i, 'Intel'],
]

export interface GraphicsDevice {
  readonly device: string
  readonly software: boolean
}

/**
 * What runs WebGPU, as far as can be told: ONNX Runtime does not say, but on Linux the process holds the drivers. With
 * several, a real GPU is taken before an emulated one, as Dawn does.
 */
export function graphicsDevice(drivers: readonly string[], platform: string): GraphicsDevice {
  const api = platform === 'darwin' ? 'Metal' : platform === 'win32' ? 'Direct3D 12' : 'Vulkan'
  const real = drivers.filter((driver) => !SOFTWARE.test(driver))
  const software = drivers.length > 0 && real.length === 0
  const names = [...new Set((software ? drivers : real).map(nameOf))]
  const name = names.length === 1 ? names[0]! : names.length ? `one of ${names.join(', ')}` : 'a GPU'
  return { device: describeGpu(api, name, software), software }
}

/** An adapter of a browser's WebGPU. */
export function adapterDevice(info: {
  readonly vendor?: string
  readonly architecture?: string
  readonly description?: string
  readonly isFallbackAdapter?: boolean
}): GraphicsDevice {
  const { vendor, architecture, description, isFallbackAdapter } = info
  const name = description || [vendor, architecture].filter(Boolean).join(' ') || 'a GPU without a name'
  const software = isFallbackAdapter === true || SOFTWARE.test(`${name} ${architecture}`)
  return { device: describeGpu('WebGPU', name, software), software }
}

function nameOf(driver: string): string {
  return NAMES.find(([pattern]) => pattern.test(driver))?.[1] ?? driver
}

function describeGpu(api: string, name: string, software: boolean): string {
  return `${name} through ${api}${software ? ' (software: emulated on the CPU)' : ''}`
}
