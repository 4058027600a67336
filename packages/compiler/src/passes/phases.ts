import type { Builder } from '../graph/builder'
import type { Node, Value } from '../graph/graph'
import type { Pair } from '../trace/kernels/columns'

/** Height and width. */
const AXES = [1, 2]

/**
 * The phases of an image `[batch, height, width, channels]`: of `every` = [down, across], pixel (y, x) belongs to phase
 * (y mod down, x mod across). They come row by row: (0, 0), (0, 1)…
 */
export function placesOf([down, across]: Pair): Pair[] {
  return Array.from({ length: down * across }, (_, i): Pair => [Math.floor(i / across), i % across])
}

/** Each phase as an image of its own, of the first `height` × `width` pixels of it. */
export function phasesOf(build: Builder, image: Value, every: Pair, [height, width]: Pair): Value[] {
  const shape = [image.shape[0]!, height, width, image.shape[3]!]
  return placesOf(every).map((place) => {
    const ends = [place[0] + (height - 1) * every[0] + 1, place[1] + (width - 1) * every[1] + 1]
    return build.emit('Slice', [image, ...[place, ends, AXES, every].map((v) => build.ints(v))], shape)
  })
}

/** Which phase a node takes from its image. */
export function phaseTaken({ op, inputs }: Node): { readonly place: Pair; readonly every: Pair } | undefined {
  const [, start, , axes, steps] = inputs.map(({ constant }) => constant as readonly number[] | undefined)
  if (op !== 'Slice' || inputs[0]!.shape.length !== 4 || `${axes}` !== `${AXES}` || !start || !steps) return
  const isPhase = start.every((first, i) => first >= 0 && first < steps[i]!)
  return isPhase ? { place: start as unknown as Pair, every: steps as unknown as Pair } : undefined
}

/**
 * The image of which `parts` are the phases, zero where they end before it does. An operator of the graph's own, which a
 * pass turns into ONNX.
 */
export function weave(build: Builder, parts: readonly Value[], every: Pair, shape: readonly number[]): Value {
  return build.emit('Weave', parts, shape, { every })
}

/** Down and across, the phases that a `Weave` puts together; nothing for other nodes. */
export function everyOf({ op, attributes }: Node): Pair | undefined {
  return op === 'Weave' ? (attributes.every as unknown as Pair) : undefined
}
