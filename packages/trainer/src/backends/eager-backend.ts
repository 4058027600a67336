import {
  type Backend,
  isSandglassError,
  type Probe,
  registerMissingGradients,
  SandglassError,
} from '@sandglass/core'
import { openEagerSession } from '../eager/session'

type Available = Extract<Probe, { available: true }>
export type Unavailable = Extract<Probe, { available: false }>

/** What is known once a backend of tfjs runs. */
export interface Loaded extends Available {
  /** The name under which it is registered with tfjs. */
  readonly tfBackend: string
}

export interface EagerBackendBody {
  readonly id: string
  readonly preference: number
  /** Imports what is needed and starts it. May throw. */
  load(): Promise<Loaded | Unavailable>
}

/**
 * A backend of tfjs as a backend of Sandglass. It is loaded at the first use; a failure is tried again. What was
 * imported may have registered tfjs's own gradients, so those that Sandglass repairs are registered after it, failed or not.
 */
export function createEagerBackend({ id, preference, load }: EagerBackendBody): Backend {
  let loading: Promise<Loaded | Unavailable> | undefined

  async function attempt(): Promise<Loaded | Unavailable> {
    loading ??= load()
      .catch((error: unknown) => broken(id, error))
      .finally(registerMissingGradients)
    const result = await loading
    if (!result.available) loading = undefined
    return result
  }

  return {
    id,
    preference,
    probe: async () => {
      const result = await attempt()
      if (!result.available) return result
      const { tfBackend: _, ...probe } = result
      return probe
    },
    open: async (program) => {
      const result = await attempt()
      if (!result.available)
        throw new SandglassError('backend', `the backend "${id}" cannot run here: ${result.reason}`, {
          advice: result.advice,
        })
      return openEagerSession(program, { id, device: result.device, tfBackend: result.tfBackend })
    },
  }
}

export function unavailable(reason: string, advice: string): Unavailable {
  return { available: false, reason, advice }
}

function broken(id: string, error: unknown): Unavailable {
  const advice = `Reinstall the packages that "${id}" needs.`
  if (isSandglassError(error)) return unavailable(withoutAdvice(error), error.details.advice ?? advice)
  const text = error instanceof Error ? error.message : String(error)
  return unavailable(`it did not start: ${text.split('\n')[0]}`, advice)
}

function withoutAdvice({ message, details: { advice } }: SandglassError): string {
  const end = advice === undefined ? -1 : message.lastIndexOf(advice)
  return (end < 0 ? message : message.slice(0, end)).trim().replace(/\.$/, '')
}
