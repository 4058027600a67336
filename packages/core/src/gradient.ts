import { clone, engine, keep, type Scalar, type Tensor } from '@tensorflow/tfjs-core'
import { SandglassError } from './errors'
import { registerMissingGradients } from './ops/missing-gradients'
import type { TensorRecord } from './tensors'

export interface Differentiated<Extra extends TensorRecord> {
  readonly value: Scalar
  readonly gradients: TensorRecord
  readonly extra: Extra
}

/**
 * Value and gradients of a scalar function of named tensors, with any other tensors that it computed on the way.
 * Needs registered gradients (`@sandglass/core/gradients`). Call within `tidy`.
 */
export function differentiate<Extra extends TensorRecord>(
  f: (x: TensorRecord) => { value: Scalar; extra: Extra },
  x: TensorRecord,
): Differentiated<Extra> {
  registerMissingGradients()
  const names = Object.keys(x)
  const kept: Record<string, Tensor> = {}
  try {
    const forward = (...tensors: Tensor[]) => {
      const result = f(Object.fromEntries(names.map((name, i) => [name, tensors[i]!])))
      // The forward pass is tidied away; what is asked for besides the value must outlive it.
      for (const [name, tensor] of Object.entries(result.extra)) kept[name] = keep(clone(tensor))
      return result.value
    }
    const inputs = names.map((name) => x[name]!)
    const { value, grads } = engine().gradients(() => forward(...inputs), inputs, undefined, true)
    const gradients = Object.fromEntries(names.map((name, i) => [name, grads[i]!]))
    const unused = names.find((name) => !gradients[name])
    if (unused)
      throw new SandglassError('spec', `the objective does not depend on "${unused}"`, {
        expected: 'every weight that an objective trains to affect its loss',
      })
    const extra = Object.fromEntries(Object.entries(kept).map(([name, t]) => [name, clone(t)])) as Extra
    return { value: value as Scalar, gradients, extra }
  } catch (error) {
    disposeTape()
    throw error
  } finally {
    for (const tensor of Object.values(kept)) tensor.dispose()
  }
}

/** Disposes what tfjs keeps for the backward pass, as it does itself only when nothing throws. Call after a failure. */
export function disposeTape(): void {
  const { state } = engine()
  if (state.gradientDepth > 0 || !state.activeTape) return
  for (const node of state.activeTape) for (const tensor of node.saved ?? []) tensor.dispose()
  state.activeTape = null as never
}
