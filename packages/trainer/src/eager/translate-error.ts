import { isSandglassError, layerNamedIn, SandglassError } from '@sandglass/core'

const MISSING_KERNEL = /Kernel '([^']+)' not registered for backend '([^']+)'/
const MISSING_GRADIENT = /gradient function not found for (\w+)/

/** Errors of tfjs that a user can do something about, as `SandglassError`; all others as they are. */
export function translateError(error: unknown, task: string): unknown {
  if (isSandglassError(error) || !(error instanceof Error)) return error
  const layer = layerNamedIn(error)
  const what = layer ? `${task} (in ${layer})` : task
  const [, kernel, backend] = MISSING_KERNEL.exec(error.message) ?? []
  if (kernel)
    return new SandglassError('backend', `${what}: the backend "${backend}" has no kernel ${kernel}`, {
      advice: `Use a backend that has it (cpu has nearly all), or a model that does not need ${kernel}.`,
      cause: error,
    })
  const [, op] = MISSING_GRADIENT.exec(error.message) ?? []
  if (op)
    return new SandglassError('backend', `${what}: tfjs cannot differentiate ${op}`, {
      advice: `Give the function that uses ${op} a gradient of its own with customGrad.`,
      cause: error,
    })
  return error
}
