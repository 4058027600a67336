import { cpu } from './cpu'
import { tensorflow } from './tensorflow'
import { tensorflowGpu } from './tensorflow-gpu'
import { wasm } from './wasm'
import { webgl } from './webgl'
import { webgpu } from './webgpu'

export { cpu, tensorflow, tensorflowGpu, wasm, webgl, webgpu }

/** Definitions of all backends of this package; each loads its own optional peer only when it is probed or opened. */
export const backends = [cpu, tensorflow, tensorflowGpu, wasm, webgl, webgpu] as const
