import { type Backend, define, type Probe, SandglassError } from '@sandglass/core'
import { z } from 'zod'
import { openCompiledSession } from './session/compiled-session'
import type { Runtime } from './session/runtime'

const INSTALL = 'npm install onnxruntime-node'

/**
 * ONNX Runtime on the CPU, in Node: each training step is compiled once into one graph.
 */
export const onnxruntime = define('backend', {
  type: 'onnxruntime',
  description: 'training steps compiled to ONNX graphs, on the CPU',
  schema: z.strictObject({
    /** Threads within an operator. */
    threads: z.int().positive().optional(),
  }),
  build: ({ threads }): Backend => {
    const probe = async (): Promise<Probe> => {
      try {
        await loadRuntime()
        return { available: true, device: await processorName() }
      } catch (error) {
        return {
          available: false,
          reason: `onnxruntime-node cannot be loaded: ${(error as Error).message.split('\n')[0]}`,
          advice: `Install it: ${INSTALL}`,
        }
      }
    }
    return {
      id: 'onnxruntime',
      preference: 100,
      probe,
      open: async (program) => {
        const found = await probe()
        if (!found.available)
          throw new SandglassError('backend', 'the onnxruntime backend cannot run here', {
            got: found.reason,
            advice: found.advice,
          })
        return openCompiledSession(program, await loadRuntime(), {
          id: 'onnxruntime',
          device: found.device,
          threads,
        })
      },
    }
  },
})

async function loadRuntime(): Promise<Runtime> {
  const module = await import('onnxruntime-node')
  return ((module as { default?: unknown }).default ?? module) as unknown as Runtime
}

async function processorName(): Promise<string> {
  const { cpus } = await import('node:os')
  return cpus()[0]?.model.trim() || 'cpu'
}
