import { createSerially, SandglassError } from '@sandglass/core'
import { engine, tidy } from '@tensorflow/tfjs-core'
import { translateError } from './translate-error'

// tfjs lets one backend initialise at a time: a second one would make it drop the first.
const initialising = createSerially()

/**
 * Makes sure that tfjs's backend of this name is registered and running, without making it the current one.
 * Throws `SandglassError` when it is not registered or does not start.
 */
export function startTfBackend(name: string): Promise<void> {
  return initialising(async () => {
    if (!engine().findBackendFactory(name))
      throw new SandglassError('backend', `tfjs has no backend "${name}"`, {
        got: `${engine().backendNames().join(', ') || 'none'}`,
        advice: `Import the package that registers it, such as @tensorflow/tfjs-backend-${name}, first.`,
      })
    // The first call starts one that is made asynchronously, and `ready` waits for it.
    if (!engine().findBackend(name)) await engine().ready()
    if (!(name in engine().registry))
      throw new SandglassError('backend', `tfjs could not start its backend "${name}"`, {
        advice: 'The warning that tfjs has just logged says why.',
      })
  })
}

/** Makes a running tfjs backend the current one. It is global, so this belongs at the head of every synchronous section. */
export function useTfBackend(name: string): void {
  const target = engine()
  if (target.backendName === name) return
  // Takes effect at once for a backend that runs already; the promise only matters for one that has yet to start.
  void target.setBackend(name)
}

/** Runs one synchronous section on a backend; nothing that it makes survives, except what it returns. */
export type Compute = <T extends object>(what: string, work: () => T) => T

/** Sections on tfjs's backend of this name. Errors say `what` failed. */
export function computeOn(name: string): Compute {
  return <T extends object>(what: string, work: () => T): T => {
    useTfBackend(name)
    try {
      return tidy(work as never) as T
    } catch (error) {
      throw translateError(error, what)
    }
  }
}
