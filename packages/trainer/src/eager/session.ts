import { openSession, type Program, type Session } from '@sandglass/core'
import { openEagerEngine } from './engine'
import { startTfBackend } from './use-backend'

export interface EagerOptions {
  /** Of the Sandglass backend: `tensorflow-gpu`. */
  readonly id: string
  /** What really computes, for people. */
  readonly device: string
  /** The name under which the backend is registered with tfjs: `tensorflow`. */
  readonly tfBackend: string
}

/**
 * A session whose steps run kernel by kernel on a backend of tfjs. Weights and slots stay on its device. Sessions on
 * several backends of tfjs may live side by side.
 */
export function openEagerSession(
  program: Program,
  { id, device, tfBackend }: EagerOptions,
): Promise<Session> {
  return openSession(program, { id, device }, async (initial) => {
    await startTfBackend(tfBackend)
    return openEagerEngine(program, tfBackend, initial)
  })
}
