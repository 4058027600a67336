import { SandglassError } from '../errors'
import type { Layer, LayerSite } from '../layer'
import { type Shape, showShape } from '../shape'

/**
 * Steps and features of the sequence that comes in. Throws `SandglassError` (`shape`) when it is none, with what to do:
 * a vector needs a length, which the message takes from the model's input where that is a sequence.
 */
export function sequenceShape(
  shape: Shape,
  { path, earlier }: Pick<LayerSite, 'path' | 'earlier'>,
  what: string,
): readonly [number, number] {
  if (shape.length !== 2)
    throw new SandglassError('shape', `${path}: ${what} works on sequences`, {
      got: `input of shape ${showShape(shape)}`,
      expected: 'input of shape [time, features]',
      advice: adviceFor(shape, path, earlier),
    })
  return shape as readonly [number, number]
}

/** How a vector, or an image, becomes a sequence. */
export function adviceFor(
  shape: Shape,
  path: string,
  earlier: ReadonlyMap<string, Layer>,
): string | undefined {
  if (shape.length === 3)
    return `An image becomes a sequence of its rows by reshape({ shape: [${shape[0]}, ${shape[1]! * shape[2]!}] }) before it.`
  if (shape.length !== 1) return undefined
  const before = previous(path, earlier)
  const all = before?.traits.lastOnly
  if (before && all && path.startsWith('encoder/'))
    return `${before.path} gives its last output only: set ${all}: true there, to go on with a sequence.`
  const input = earlier.values().next().value?.inputShape
  const steps = input?.length === 2 ? String(input[0]) : '…'
  return `A vector becomes a sequence by repeatVector({ n: ${steps} }) before it, n being the number of steps.`
}

function previous(path: string, earlier: ReadonlyMap<string, Layer>): Layer | undefined {
  const [, part, index] = /^(.*)\/(\d+)$/.exec(path) ?? []
  return part === undefined ? undefined : earlier.get(`${part}/${Number(index) - 1}`)
}
