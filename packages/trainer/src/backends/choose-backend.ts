import type { Backend, Registry, Spec } from '@sandglass/core'
import { selectBackend } from './select-backend'

/** A backend, its spec, its name, or `auto` for the fastest of the registry that can run the model. */
export type BackendOption = Backend | Spec | string

/** Where a model runs, and why there. */
export interface BackendChoice {
  readonly id: string
  readonly device: string
  readonly why: string
  /** In one line, when a much faster backend could not run: what is missing, what that costs, how to get it. */
  readonly missing?: string
}

/** Told of each session that is opened. */
export type OnBackend = (choice: BackendChoice) => void

/** Every backend of a registry that needs no options. */
export async function backendsOf(registry: Registry): Promise<Backend[]> {
  const types = registry.list('backend').map(({ type }) => type)
  await registry.load(types)
  return types
    .filter((type) => registry.get('backend', type).schema.safeParse({}).success)
    .map((type) => registry.build('backend', { type }))
}

/**
 * The backend that an option means. `onBackend` hears of each session that it opens. Throws `SandglassError` (`spec`)
 * when there is none of that name; a lazy definition must be loaded before.
 *
 * @example
 * const backend = backendOf('auto', registry, ({ id, why }) => console.log(`${id}: ${why}`))
 */
export function backendOf(
  option: BackendOption = 'auto',
  registry: Registry,
  onBackend?: OnBackend,
): Backend {
  if (option === 'auto') return autoBackend(registry, onBackend)
  const backend = isBackend(option) ? option : registry.build('backend', option)
  if (!onBackend) return backend
  return {
    ...backend,
    open: async (program) => {
      const session = await backend.open(program)
      onBackend({ ...session.backend, why: 'as asked' })
      return session
    },
  }
}

/** Whether an option is a backend itself. */
export function isBackend(option: BackendOption): option is Backend {
  return typeof option === 'object' && 'open' in option
}

/**
 * A backend that is whichever of the registry's is the fastest that can run here and run the program. `open` throws
 * `SandglassError` (`backend`) that gives the reason of each when there is none.
 */
function autoBackend(registry: Registry, onBackend?: OnBackend): Backend {
  return {
    id: 'auto',
    preference: 0,
    probe: async () => {
      try {
        return (await selectBackend(await backendsOf(registry))).probe
      } catch (error) {
        return { available: false, reason: (error as Error).message, advice: 'Run `sandglass doctor`.' }
      }
    },
    open: async (program) => {
      const { backend, why, missing } = await selectBackend(await backendsOf(registry), program)
      const session = await backend.open(program)
      const choice = { ...session.backend, why, ...(missing !== undefined && { missing }) }
      if (onBackend) onBackend(choice)
      else if (missing !== undefined) warnOnce(missing)
      return session
    },
  }
}

const warned = new Set<string>()

/** Said once in a process, to callers who did not ask to hear of choices. */
function warnOnce(message: string): void {
  if (warned.has(message)) return
  warned.add(message)
  console.warn(message)
}
