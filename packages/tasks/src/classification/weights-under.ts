import { type HostRecord, type Model, SandglassError, sameShape, showShape } from '@sandglass/core'

/**
 * The weights of one part of a model, by full name: `weightsUnder(weights, 'encoder/2')` are those of the encoder's
 * third layer. With `model`, the one that they are meant for, they must be all that it has there, in its shapes.
 *
 * Throws `SandglassError`: `spec` when there are none, or `model` lacks one or has one more; `shape` when one has
 * another shape than `model` declares.
 */
export function weightsUnder(weights: HostRecord, prefix: string, model?: Model): HostRecord {
  const under = <Value>(record: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(record).filter(([name]) => name.startsWith(`${prefix}/`)))
  const found = under(weights)
  if (!Object.keys(found).length)
    throw new SandglassError('spec', `there are no weights under "${prefix}"`, {
      got: Object.keys(weights).join(', ') || 'no weights at all',
    })
  if (model) checkFit(found, under(model.weights), prefix)
  return found
}

/** The weights of the encoder, say of a trained autoencoder, for `initialWeights`; otherwise as `weightsUnder`. */
export function encoderWeights(weights: HostRecord, model?: Model): HostRecord {
  return weightsUnder(weights, 'encoder', model)
}

function checkFit(found: HostRecord, declared: Model['weights'], prefix: string): void {
  for (const name of new Set([...Object.keys(declared), ...Object.keys(found)])) {
    const [has, wants] = [found[name], declared[name]]
    if (!has || !wants)
      throw new SandglassError('spec', `the weights under "${prefix}" are not those of the model`, {
        got: has ? `"${name}", which the model does not have` : `none for "${name}"`,
        expected: Object.keys(declared).join(', ') || 'none',
        advice: 'Both models must have the same layers there, at the same places.',
      })
    if (!sameShape(has.shape, wants.shape))
      throw new SandglassError('shape', `the weight "${name}" does not fit the model`, {
        got: showShape(has.shape),
        expected: showShape(wants.shape),
      })
  }
}
