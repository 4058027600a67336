import { type Layer, type Model, SandglassError, type Shape, sameShape, showShape } from '@sandglass/core'

/** The layers of one stage, by their places in the encoder and the decoder: from (included) to (excluded). */
export interface StageCut {
  readonly encoder: readonly [from: number, to: number]
  readonly decoder: readonly [from: number, to: number]
}

/** Layers of this many on either side, as options say it. */
export interface StageSize {
  readonly encoder?: number
  readonly decoder?: number
}

/**
 * Cuts an autoencoder into stages, from the outermost in: `sizes` as they say, else one for each layer with weights
 * (normalization belongs to the layer before it, as its trait `completes` says). Weightless layers between two such go where the shapes of coding and
 * reconstruction agree; where that leaves a choice, with the next layer in the encoder and with the last in the
 * decoder.
 *
 * Throws `SandglassError`: `spec` when the sides do not pair or weights are tied across stages, `shape` when a stage's
 * coding has another shape than what should reproduce it.
 */
export function cutStages(model: Model, sizes?: readonly StageSize[]): StageCut[] {
  const encoder = model.layers.filter(({ path }) => path.startsWith('encoder/'))
  const decoder = model.layers.filter(({ path }) => path.startsWith('decoder/'))
  const sized = sizes?.some((stage) => stage.encoder !== undefined || stage.decoder !== undefined)
  const cuts = sized ? cutBySize(sizes!, encoder, decoder) : cutByWeights(encoder, decoder)
  if (sizes && sizes.length !== cuts.length)
    throw new SandglassError('spec', 'the stages are not those of the model', {
      got: `${sizes.length} stages`,
      expected: `${cuts.length}, one for each layer with weights on either side`,
      advice: ADVICE,
    })
  for (const [k, cut] of cuts.entries()) {
    checkShapes(k, cut, encoder, decoder)
    checkTies(k, cut, encoder, decoder)
  }
  return cuts
}

const ADVICE =
  'Say where to cut: stages: [{ encoder: 1, decoder: 2 }, …] counts layers from the outermost in.'

function cutBySize(sizes: readonly StageSize[], encoder: readonly Layer[], decoder: readonly Layer[]) {
  const cuts: StageCut[] = []
  let from = 0
  let to = decoder.length
  for (const stage of sizes) {
    for (const count of [stage.encoder, stage.decoder])
      if (!Number.isSafeInteger(count) || count! < 1)
        throw new SandglassError('spec', `stage ${cuts.length + 1} does not say how many layers it takes`, {
          got: `encoder ${stage.encoder}, decoder ${stage.decoder}`,
          expected: 'both, from 1 up, for every stage or for none',
        })
    cuts.push({ encoder: [from, from + stage.encoder!], decoder: [to - stage.decoder!, to] })
    from += stage.encoder!
    to -= stage.decoder!
  }
  if (from !== encoder.length || to !== 0)
    throw new SandglassError('spec', 'the stages do not take all layers, each once', {
      got: `${from} of the encoder and ${decoder.length - to} of the decoder`,
      expected: `${encoder.length} and ${decoder.length}`,
    })
  return cuts
}

function cutByWeights(encoder: readonly Layer[], decoder: readonly Layer[]): StageCut[] {
  const [down, up] = [weighted(encoder), weighted(decoder)]
  const count = down.length
  if (!count || count !== up.length)
    throw new SandglassError('spec', 'the layers of encoder and decoder do not pair up in stages', {
      got: `${count} layers with weights in the encoder, ${up.length} in the decoder`,
      expected: 'as many on either side, at least one',
      advice: ADVICE,
    })
  const cuts: StageCut[] = []
  let from = 0
  let to = decoder.length
  for (let k = 0; k + 1 < count; k++) {
    const [low, high] = [up[count - 2 - k]!, up[count - 1 - k]!]
    const [end, start] = boundary(encoder, decoder, [down[k]!, down[k + 1]!], [low, high])
    cuts.push({ encoder: [from, end], decoder: [start, to] })
    from = end
    to = start
  }
  return [...cuts, { encoder: [from, encoder.length], decoder: [0, to] }]
}

function weighted(layers: readonly Layer[]): number[] {
  return [...layers.keys()].filter(
    (i) => Object.keys(layers[i]!.weights).length > 0 && !layers[i]!.traits.completes,
  )
}

/** Where to cut between two layers of the encoder and their counterparts; the first choice when no shapes agree. */
function boundary(
  encoder: readonly Layer[],
  decoder: readonly Layer[],
  [outer, inner]: readonly [number, number],
  [low, high]: readonly [number, number],
): [encoderEnd: number, decoderStart: number] {
  let first = outer + 1
  while (first < inner && encoder[first]!.traits.completes) first++
  const ends = [...range(first, inner), ...range(outer + 1, first - 1).reverse()]
  const starts = range(low + 1, high).reverse()
  for (const end of ends)
    for (const start of starts)
      if (sameShape(encoder[end]!.inputShape, decoder[start]!.inputShape)) return [end, start]
  return [ends[0]!, starts[0]!]
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i)
}

function checkShapes(
  k: number,
  { encoder: [, end], decoder: [start] }: StageCut,
  encoder: readonly Layer[],
  decoder: readonly Layer[],
) {
  const coding: Shape = encoder[end - 1]!.outputShape
  const decoded = decoder[start]!
  if (sameShape(coding, decoded.inputShape)) return
  throw new SandglassError('shape', `stage ${k + 1}: its encoder and its decoder do not fit together`, {
    got: `codings of shape ${showShape(coding)} from ${encoder[end - 1]!.path}`,
    expected: `${showShape(decoded.inputShape)}, which ${decoded.path} takes`,
    advice: ADVICE,
  })
}

function checkTies(
  k: number,
  { encoder: [from, to], decoder: [start, end] }: StageCut,
  encoder: readonly Layer[],
  decoder: readonly Layer[],
) {
  const layers = [...encoder.slice(from, to), ...decoder.slice(start, end)]
  for (const { path, weights } of layers)
    for (const weight of Object.values(weights))
      if ('sharedWith' in weight && !layers.some((owner) => weight.sharedWith.startsWith(`${owner.path}/`)))
        throw new SandglassError('spec', `${path}: tied to a layer of another stage`, {
          got: `${weight.sharedWith}, which is not in stage ${k + 1}`,
          expected: layers.map((layer) => layer.path).join(', '),
          advice: 'Tie a layer to its mirror image, or train the model as a whole with fit.',
        })
}
