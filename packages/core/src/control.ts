import type { Scalar } from '@tensorflow/tfjs-core'
import type { Context } from './context'
import { SandglassError } from './errors'
import { nearest } from './nearest'
import type { Spec } from './spec'

/**
 * The controls of a model: numbers that may change while it is trained (the weight of a term, a temperature, how far a
 * layer is faded in, the level of noise), by name, each with its value or the spec of the schedule that it follows.
 */
export type ControlDeclarations = Readonly<Record<string, number | Spec>>

/** Values of controls, by name. */
export type Controls = Readonly<Record<string, number>>

const NONE: Controls = Object.freeze({})

/**
 * The present value of a control as a scalar tensor, float32. It is an input of the step, as the learning rate is: a
 * step that is compiled once follows every change of it. A number that the maths reads from anywhere else is part of
 * the compiled step, and stays what it was.
 *
 * Throws `SandglassError` (`spec`) when the model declares no such control.
 *
 * @example
 * loss: (weights, batch, context) => {
 *   const { reconstruction, divergence } = terms(weights, batch, context)
 *   const kl = mul(divergence, controlOf(context, 'beta'))
 *   return { total: add(reconstruction, kl), parts: { reconstruction, kl } }
 * }
 */
export function controlOf({ controls = {} }: Context, name: string): Scalar {
  if (Object.hasOwn(controls, name)) return controls[name]!
  throw unknownControl(name, Object.keys(controls))
}

/** Throws `SandglassError` (`spec`) on a name that is none of the declared controls. */
export function checkControls(
  declared: ControlDeclarations | undefined,
  given: Readonly<Record<string, unknown>>,
): void {
  const names = Object.keys(declared ?? {})
  const unknown = Object.keys(given).find((name) => !names.includes(name))
  if (unknown !== undefined) throw unknownControl(unknown, names)
}

/**
 * The values of all declared controls, in the order of their declaration: those given and, for others, the declared
 * numbers.
 *
 * Throws `SandglassError`: `spec` on unknown names, and for a control without a value that follows a schedule;
 * `numeric` when a value is not finite.
 */
export function controlValues(declared: ControlDeclarations | undefined, given: Controls = NONE): Controls {
  checkControls(declared, given)
  if (!declared) return NONE
  return Object.fromEntries(
    Object.entries(declared).map(([name, source]) => {
      const value = Object.hasOwn(given, name) ? given[name] : source
      if (typeof value !== 'number')
        throw new SandglassError('spec', `the control "${name}" has no value`, {
          got: `the schedule "${value!.type}", which only a training follows`,
          advice: `Say what it is: { controls: { ${name}: 1 } }.`,
        })
      if (!Number.isFinite(Math.fround(value)))
        throw new SandglassError('numeric', `the control "${name}" is not finite`, { got: String(value) })
      return [name, value]
    }),
  )
}

function unknownControl(name: string, names: readonly string[]): SandglassError {
  const close = nearest(name, names)
  return new SandglassError('spec', `the model has no control "${name}"`, {
    expected: names.join(', ') || 'none: it declares no controls',
    ...(close !== undefined && { advice: `Did you mean "${close}"?` }),
  })
}
