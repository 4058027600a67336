import type { Tensor } from '@tensorflow/tfjs-core'
import { SandglassError } from './errors'
import type { Layer } from './layer'
import { nearest } from './nearest'
import { type Shape, type Shapes, sameShape, showShape } from './shape'
import type { TensorRecord } from './tensors'

// Side inputs: tensors `[batch, …shape]` that layers read by name beside their input: conditions, styles, noise.

/** Names that functions and objectives of models use themselves. */
const RESERVED = ['input', 'target', 'mask', 'code', 'output']

/** Fields of the data that layers of a model may read beside their input: those that the model does not use itself. */
export function sideFields(fields: Shapes): Shapes {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !RESERVED.includes(name)))
}

/** Side inputs with this mask of a sequence, or with none. */
export function withMask({ mask: _, ...others }: TensorRecord, mask: Tensor | undefined): TensorRecord {
  return mask ? { ...others, mask } : others
}

/** Side inputs as fields that an objective cannot do without. */
export function requiredSide(side: Shapes): Record<string, 'required'> {
  return Object.fromEntries(Object.keys(side).map((name) => [name, 'required']))
}

/** Throws `SandglassError` (`spec`, `shape`) unless a layer finds every side input that it reads among those given. */
export function checkSide({ path, side = {} }: Pick<Layer, 'path' | 'side'>, given: Shapes): void {
  for (const [name, shape] of Object.entries(side)) {
    const found = Object.hasOwn(given, name) ? given[name] : undefined
    if (!found) throw missing(path, name, shape, Object.keys(given))
    if (!sameShape(found, shape)) throw misshapen(path, name, found, shape)
  }
}

/** What a layer reads, out of the side inputs of a batch. Throws `SandglassError` (`data`, `shape`) that names it. */
export function readSide({ path, side = {} }: Layer, batch: number, given: TensorRecord): TensorRecord {
  return Object.fromEntries(
    Object.entries(side).map(([name, shape]) => {
      const tensor = Object.hasOwn(given, name) ? given[name] : undefined
      if (!tensor) throw missing(path, name, shape, Object.keys(given), 'data')
      if (!sameShape(tensor.shape, [batch, ...shape]))
        throw misshapen(path, name, tensor.shape, [batch, ...shape])
      return [name, tensor]
    }),
  )
}

function missing(
  path: string,
  name: string,
  shape: Shape,
  given: readonly string[],
  code: 'spec' | 'data' = 'spec',
): SandglassError {
  const close = nearest(name, given)
  return new SandglassError(code, `${path}: its side input "${name}" is missing`, {
    got: given.length ? `side inputs ${given.join(', ')}` : 'no side inputs',
    expected: `"${name}" of shape ${showShape(shape)} a sample`,
    advice: close
      ? `Did you mean "${close}"?`
      : `Give it what it reads beside its input: as a rule a field "${name}" of the data.`,
  })
}

function misshapen(path: string, name: string, got: Shape, expected: Shape): SandglassError {
  return new SandglassError('shape', `${path}: its side input "${name}" has the wrong shape`, {
    got: showShape(got),
    expected: showShape(expected),
  })
}
