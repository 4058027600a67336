import type { Model, ModelFunction } from '@sandglass/core'

/** The model with more functions, which its sessions can then run. */
export function withFunctions(model: Model, functions: Readonly<Record<string, ModelFunction>>): Model {
  return { ...model, functions: { ...model.functions, ...functions } }
}
