import { type ErrorCode, SandglassError } from '../errors'
import type { Model } from '../model'
import { sameShape, showShape } from '../shape'
import type { HostRecord } from '../tensors'

/**
 * Throws `SandglassError` (`code`, opening with `what`) unless `weights` are exactly those that `model` declares:
 * every name, no other, each a Float32Array of the declared shape.
 */
export function checkWeights(model: Model, weights: HostRecord, code: ErrorCode, what: string): void {
  const declared = Object.keys(model.weights)
  const missing = declared.filter((name) => !Object.hasOwn(weights, name))
  if (missing.length)
    throw new SandglassError(code, `${what}: weights are missing`, {
      got: `no ${list(missing)}`,
      expected: `${declared.length} weights`,
    })
  const unknown = Object.keys(weights).filter((name) => !Object.hasOwn(model.weights, name))
  if (unknown.length)
    throw new SandglassError(code, `${what}: there are weights that the model does not have`, {
      got: list(unknown),
      expected: `only ${list(declared)}`,
    })
  for (const name of declared) {
    const { shape, data } = weights[name]!
    const expected = model.weights[name]!.shape
    if (!sameShape(shape, expected) || !(data instanceof Float32Array))
      throw new SandglassError(code, `${what}: the weight "${name}" does not fit`, {
        got: `${typeName(data)} of ${showShape(shape)}`,
        expected: `float32 of ${showShape(expected)}`,
      })
  }
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ')
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown || '(none)'
}

function typeName(data: unknown): string {
  if (data instanceof Float32Array) return 'float32'
  return Object.prototype.toString.call(data).slice(8, -1).replace('Array', '').toLowerCase()
}
