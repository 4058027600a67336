import { coresUsable, cpuName, nodeModule, registerMissingKernels } from '@sandglass/core'
import { engine, Tensor } from '@tensorflow/tfjs-core'
import { classifyTensorflow, type LoadOutcome, type TensorflowPackage } from './classify-tensorflow'
import { type Loaded, type Unavailable, unavailable } from './eager-backend'
import { REPAIR_UTIL, repairUtil } from './repair-util'

/** Both packages register this one name, so a process can use only one of them. */
const TF_BACKEND = 'tensorflow'

type TfjsNode = typeof import('@tensorflow/tfjs-node')

interface NodeBackend {
  readonly isGPUPackage: boolean
  readonly isUsingGpuDevice: boolean
  readonly binding: { readonly TF_Version: string }
}

/** Imports tfjs-node or tfjs-node-gpu and says what it really computes on. */
export async function loadTensorflow(name: TensorflowPackage): Promise<Loaded | Unavailable> {
  const path = resolvePackage(name)
  if (path === null) return unavailable('it needs Node', 'In browsers, use webgpu, webgl or wasm.')
  const wantsGpu = name === '@tensorflow/tfjs-node-gpu'
  const other = registered()
  if (other && other.isGPUPackage !== wantsGpu)
    return unavailable(
      `this process already uses ${wantsGpu ? '@tensorflow/tfjs-node' : '@tensorflow/tfjs-node-gpu'}, and only one of the two can be loaded`,
      'Use it in a process of its own.',
    )
  const trial = await tryWithoutImport(path, wantsGpu)
  const tried = classifyTensorflow(name, { usesGpu: !wantsGpu, ...trial })
  if (tried.kind !== 'ok') return tried.why

  prepareNode()
  try {
    const imported = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as TfjsNode & {
      default?: TfjsNode
    }
    const { Tensor: theirs } = imported.default ?? imported
    if (theirs !== Tensor)
      return unavailable(
        `${name} brings a copy of @tensorflow/tfjs-core of its own`,
        'Run: npm dedupe @tensorflow/tfjs-core. There must be one copy; npm ls @tensorflow/tfjs-core shows them.',
      )
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const failed = classifyTensorflow(name, { installed: true, error: text })
    return failed.kind === 'ok' ? unavailable(text, `Reinstall ${name}.`) : failed.why
  }
  registerMissingKernels(TF_BACKEND)
  const backend = registered()
  if (!backend) return unavailable(`${name} did not register itself with tfjs`, `Reinstall ${name}.`)
  const version = `TensorFlow ${backend.binding.TF_Version}`
  if (!wantsGpu)
    return {
      available: true,
      tfBackend: TF_BACKEND,
      device: `${version}, ${coresUsable()} threads, ${cpuName()}`,
    }
  const loaded = classifyTensorflow(name, { installed: true, usesGpu: backend.isUsingGpuDevice })
  if (loaded.kind !== 'ok') return loaded.why
  return { available: true, tfBackend: TF_BACKEND, device: `${version}, ${tried.gpu ?? 'an NVIDIA GPU'}` }
}

function registered(): NodeBackend | undefined {
  if (!engine().findBackendFactory(TF_BACKEND)) return undefined
  return (engine().findBackend(TF_BACKEND) ?? undefined) as unknown as NodeBackend | undefined
}

/** Where the package's entry is; nothing when it is not installed, null outside of Node. */
function resolvePackage(name: string): string | undefined | null {
  const modules = nodeModule<typeof import('node:module')>('module')
  if (!modules) return null
  try {
    return modules.createRequire(import.meta.url).resolve(name)
  } catch {
    return undefined
  }
}

/** What can be known while this process stays as it is: a GPU package runs in a process of its own. */
async function tryWithoutImport(path: string | undefined, wantsGpu: boolean): Promise<LoadOutcome> {
  if (path === undefined) return { installed: false }
  if (!isBuilt(path)) return { installed: true, built: false }
  // Only TensorFlow's stderr tells why a GPU is not used.
  return wantsGpu ? tryInChild(path) : { installed: true }
}

/** Whether the native part is there. The package itself looks for it only after it has changed tfjs's registries. */
function isBuilt(entry: string): boolean {
  const { existsSync, readdirSync } = nodeModule<typeof import('node:fs')>('fs')!
  const { dirname, join } = nodeModule<typeof import('node:path')>('path')!
  const lib = join(dirname(dirname(entry)), 'lib')
  return (
    existsSync(lib) && readdirSync(lib).some((folder) => existsSync(join(lib, folder, 'tfjs_binding.node')))
  )
}

/** TensorFlow reports its every thought unless told not to. */
function prepareNode(): void {
  repairUtil(nodeModule<Record<string, unknown>>('util')!)
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
}

const TRIAL = `
${REPAIR_UTIL}
let result
try {
  result = { usesGpu: Boolean(require(process.argv[1]).backend().isUsingGpuDevice) }
} catch (error) {
  result = { error: String(error.message) }
}
process.stdout.write('\\n' + JSON.stringify(result))
`

async function tryInChild(path: string): Promise<LoadOutcome> {
  const { execFile } = process.getBuiltinModule('node:child_process')
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '0' }
  return new Promise((resolve) => {
    execFile(process.execPath, ['-e', TRIAL, path], { env, timeout: 120_000 }, (error, stdout, log) => {
      try {
        const result = JSON.parse(stdout.slice(stdout.lastIndexOf('\n') + 1)) as Omit<
          LoadOutcome,
          'installed'
        >
        resolve({ installed: true, log, ...result })
      } catch {
        resolve({
          installed: true,
          log,
          error: error?.signal ? `it ended by ${error.signal}` : log || 'it says nothing',
        })
      }
    })
  })
}
