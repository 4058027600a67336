import { createBuilder } from '../graph/builder'
import { makeValue, type Node } from '../graph/graph'
import { encodeOnnx } from '../onnx/encode'
import type { Runtime, RuntimeSession, RuntimeTensor, RuntimeTensors } from './runtime'
import { runtimeError } from './runtime-errors'
import type { RuntimeOptions } from './runtime-options'

/** Reads tensors wherever they are. */
export interface Downloader {
  /** Copies of the tensors' values. */
  read(tensors: RuntimeTensors): Promise<Record<string, Float32Array>>
  release(): Promise<void>
}

/**
 * Reads tensors of the device by a graph that copies them: onnxruntime-node can keep its outputs in buffers of the GPU,
 * but ends the process when asked for their contents.
 */
export function createDownloader(runtime: Runtime, { provider = 'cpu' }: RuntimeOptions): Downloader {
  let known: { readonly key: string; readonly session: RuntimeSession } | undefined

  async function sessionFor(tensors: readonly [string, RuntimeTensor][]): Promise<RuntimeSession> {
    const key = JSON.stringify(tensors.map(([name, { dims }]) => [name, dims]))
    if (known?.key === key) return known.session
    await known?.session.release()
    known = undefined
    const session = await runtime.InferenceSession.create(encodeOnnx(copies(tensors)), {
      executionProviders: [provider],
      logSeverityLevel: 3,
    })
    known = { key, session }
    return session
  }

  return {
    read: async (tensors) => {
      const remote = Object.entries(tensors).filter(([, { location }]) => (location ?? 'cpu') !== 'cpu')
      try {
        const results = remote.length
          ? await (await sessionFor(remote)).run(
              Object.fromEntries(remote.map(([name, tensor]) => [`from/${name}`, tensor])),
            )
          : {}
        return Object.fromEntries(
          Object.entries(tensors).map(([name, tensor]) => [
            name,
            ((results[`to/${name}`] ?? tensor).data as Float32Array).slice(),
          ]),
        )
      } catch (error) {
        throw runtimeError('reading the state from the device', error)
      }
    },
    release: async () => {
      await known?.session.release()
      known = undefined
    },
  }
}

function copies(tensors: readonly [string, RuntimeTensor][]) {
  const nodes: Node[] = []
  const build = createBuilder(nodes)
  const inputs = tensors.map(([name, { dims }]) => ({
    name: `from/${name}`,
    value: makeValue(dims, 'float32'),
  }))
  const outputs = inputs.map(({ value }, i) => ({
    name: `to/${tensors[i]![0]}`,
    value: build.emit('Identity', [value], value.shape),
  }))
  return { inputs, outputs, nodes }
}
