import type { Backend, Registry } from '@sandglass/core'
import { selectBackend } from '@sandglass/trainer'

/** Which backend was taken, and why it and not a faster one. */
export interface BackendChoice {
  readonly id: string
  readonly device: string
  readonly why: string
}

export interface AutoOptions {
  /** Told of each choice. */
  readonly onChoice?: (choice: BackendChoice) => void
}

/** Every backend of a registry, with its default options. */
export async function backendsOf(registry: Registry): Promise<Backend[]> {
  const specs = registry.list('backend').map(({ type }) => ({ type }))
  await registry.load(specs)
  return specs.map((spec) => registry.build('backend', spec))
}

/**
 * A backend that is whichever of the registry's is the fastest that can run here and run the program. `open` throws
 * `SandglassError` (`backend`) that gives the reason of each when there is none.
 */
export function autoBackend(registry: Registry, { onChoice }: AutoOptions = {}): Backend {
  return {
    id: 'auto',
    preference: 0,
    probe: async () => {
      try {
        return (await selectBackend('auto', await backendsOf(registry))).probe
      } catch (error) {
        return { available: false, reason: (error as Error).message, advice: 'Run `sandglass doctor`.' }
      }
    },
    open: async (program) => {
      const { backend, why } = await selectBackend('auto', await backendsOf(registry), program)
      const session = await backend.open(program)
      onChoice?.({ ...session.backend, why })
      return session
    },
  }
}
