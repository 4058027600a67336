import '@sandglass/core/gradients'
import {
  type Distribution,
  disposeTape,
  isSandglassError,
  layerNamedIn,
  type RandomSource,
  SandglassError,
  type TensorRecord,
} from '@sandglass/core'
import {
  engine,
  getKernel,
  registerBackend,
  registerKernel,
  type Tensor,
  type TensorInfo,
  tidy,
} from '@tensorflow/tfjs-core'
import { createBuilder } from '../graph/builder'
import { type DType, type Graph, type GraphInput, makeValue, sameExtents, type Value } from '../graph/graph'
import type { KernelRule } from './kernel'
import { kernelRules } from './kernels/index'
import { RecordingBackend } from './recording-backend'

export interface InputDeclaration {
  readonly shape: readonly number[]
  readonly dtype?: 'float32' | 'int32' | 'bool'
}

const BACKEND = 'sandglass-trace'

/**
 * Records what `f` does to its inputs as a graph. `f` gets a tensor for each declared input (shapes include the
 * batch) and a random source whose draws become inputs named `random/<stream>`. Nothing is computed, and the
 * current tfjs backend is the same before and after.
 *
 * @throws SandglassError `backend` when `f` reads a value or uses an op that cannot be traced
 */
export function trace(
  f: (inputs: TensorRecord, random: RandomSource) => TensorRecord,
  declarations: Readonly<Record<string, InputDeclaration>>,
): Graph {
  const recording = enter()
  try {
    let graph: Graph | undefined
    tidy(() => {
      const inputs: GraphInput[] = []
      const tensors: TensorRecord = {}
      const addInput = (
        name: string,
        { shape, dtype = 'float32' }: InputDeclaration,
        draw?: GraphInput['draw'],
      ) => {
        const value = makeValue(shape, dtype)
        inputs.push({ name, value, draw })
        return tensorOf(recording.backend.track(value, dtype))
      }
      for (const [name, declaration] of Object.entries(declarations))
        tensors[name] = addInput(name, declaration)

      // Values, not tensors, because whoever draws may be within a tidy of its own.
      const drawn = new Map<string, Value>()
      const draw = (distribution: Distribution) => (stream: string, shape: readonly number[]) => {
        const plain = `random/${distribution}/${stream}`
        const known = drawn.get(plain)
        // A shape of its own draws the same numbers, more of them or fewer.
        const name = known && !sameExtents(known.shape, shape) ? `${plain}/[${shape}]` : plain
        const value = drawn.get(name)
        if (value) return tensorOf(recording.backend.track(value, 'float32'))
        const tensor = addInput(name, { shape }, { stream, distribution })
        drawn.set(name, inputs.at(-1)!.value)
        return tensor
      }
      const random = {
        uniform: draw('uniform'),
        normal: draw('normal'),
        truncatedNormal: draw('truncatedNormal'),
      }

      const outputs = Object.entries(f(tensors, random)).map(([name, tensor]) => ({
        name,
        value: recording.backend.traced(tensor),
      }))
      graph = { inputs, outputs, nodes: recording.backend.nodes }
    })
    return graph!
  } catch (error) {
    disposeTape()
    throw explain(error)
  } finally {
    recording.leave()
  }
}

function tensorOf(info: TensorInfo): Tensor {
  return engine().makeTensorFromTensorInfo(info)
}

/** Makes the recording backend tfjs's current one until `leave`. */
function enter() {
  const previous = engine().backendName
  const backend = new RecordingBackend()
  registerBackend(BACKEND, () => backend, 0)
  for (const [name, rule] of Object.entries(kernelRules)) if (!getKernel(name, BACKEND)) register(name, rule)
  // Synchronous for a backend whose factory is; the promise only wraps it.
  void engine().setBackend(BACKEND)
  return {
    backend,
    leave: () => {
      engine().removeBackend(BACKEND)
      if (previous) void engine().setBackend(previous)
    },
  }
}

function register(kernelName: string, rule: KernelRule): void {
  registerKernel({
    kernelName,
    backendName: BACKEND,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const recorder = backend as RecordingBackend
      const given = inputs as unknown as Record<string, TensorInfo> | TensorInfo[]
      const values = Object.entries(given).filter(([, info]) => info)
      const result = rule({
        build: createBuilder(recorder.nodes),
        inputs: Object.fromEntries(values.map(([name, info]) => [name, recorder.traced(info)])),
        list: Array.isArray(given) ? given.map((info) => recorder.traced(info)) : [],
        attributes: attrs ?? {},
      })
      const track = (value: Parameters<RecordingBackend['track']>[0]) =>
        recorder.track(value, (value.dtype === 'int64' ? 'int32' : value.dtype) as Exclude<DType, 'int64'>)
      return Array.isArray(result) ? result.map(track) : track(result as Parameters<typeof track>[0])
    },
  })
}

function explain(error: unknown): unknown {
  if (isSandglassError(error) || !(error instanceof Error)) return error
  const layer = layerNamedIn(error)
  const where = layer ? `${layer}: ` : ''
  const kernel = /Kernel '(\w+)' not registered/.exec(error.message)?.[1]
  if (kernel)
    return new SandglassError('backend', `${where}the op ${kernel} cannot be compiled yet`, {
      expected: `one of ${Object.keys(kernelRules).sort().join(', ')}`,
      advice:
        'Train this model on an eager backend (cpu, wasm, tensorflow, webgpu), or write the layer in other ops.',
      cause: error,
    })
  const op = /gradient function not found for (\w+)/.exec(error.message)?.[1]
  if (op)
    return new SandglassError('backend', `${where}tfjs cannot differentiate ${op}`, {
      advice: `Give the function that uses ${op} a gradient of its own with customGrad.`,
      cause: error,
    })
  return error
}
