import { isSandglassError } from './errors'

const layers = new WeakMap<Error, string>()

/**
 * Says in an error's message which layer it came from: `… (in encoder/1, dense)`. The innermost layer counts.
 * SandglassErrors say so themselves and are left alone.
 */
export function nameLayer(error: unknown, { path, type }: { path: string; type?: string }): void {
  if (!(error instanceof Error) || isSandglassError(error) || layers.has(error)) return
  const name = type ? `${path}, ${type}` : path
  layers.set(error, name)
  try {
    error.message = `${error.message} (in ${name})`
  } catch {
    // Some errors cannot be written to.
  }
}

/** The layer that `nameLayer` named: `encoder/1, dense`. */
export function layerNamedIn(error: Error): string | undefined {
  return layers.get(error)
}
