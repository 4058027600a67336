import { add, div, type Scalar, type Tensor } from '@tensorflow/tfjs-core'
import type { Context } from './context'
import { isSandglassError, SandglassError } from './errors'
import type { Layer, LayerInput } from './layer'
import { nameLayer } from './layer-error'
import type { LayerResult } from './layer-result'
import type { Registry } from './registry'
import type { Regularizer } from './regularizer'
import { type Shape, type Shapes, showShape } from './shape'
import { checkSide, readSide } from './side'
import type { Spec } from './spec'
import type { TensorRecord } from './tensors'
import type { SharedWeight, WeightDeclaration } from './weight'

/** What a chain needs to know about where it stands. */
export interface ChainSite {
  readonly registry: Registry
  /** `encoder`: layers are then `encoder/0`, `encoder/1`… */
  readonly path: string
  readonly inputShape: Shape
  /** Layers of the model built so far; the chain adds its own. */
  readonly earlier: Map<string, Layer>
  /** Shapes of the side inputs that layers may read. Default: there are none. */
  readonly side?: Shapes
  /** Freezes every layer, as its option `trainable: false` does. */
  readonly frozen?: boolean
}

/** Result of a whole chain: losses summed over layers, updates and activations by full name. */
export interface ChainResult extends LayerResult {
  /** Output of every layer, by path. */
  readonly activations: TensorRecord
  /** The mask of the sequence that went in: the one given, or else the first that a layer made. */
  readonly inputMask?: Tensor
}

/** Layers one after another. */
export interface Chain {
  readonly layers: readonly Layer[]
  readonly inputShape: Shape
  readonly outputShape: Shape
  /** Declarations of the weights that the chain owns, by full name. */
  readonly weights: Readonly<Record<string, WeightDeclaration>>
  /** The side inputs that its layers read: shapes without the batch. */
  readonly side: Shapes
  /**
   * `[batch, …inputShape]` → `[batch, …outputShape]`; `weights` by full name. `side` holds what layers read beside their
   * input, `[batch, …]` each, and, as `mask`, that of the sequence that goes in; others may be in it too.
   *
   * Throws `SandglassError` (`data`, `shape`) that names the layer whose side input is missing or misshapen.
   */
  apply(input: Tensor, weights: TensorRecord, context: Context, side?: TensorRecord): ChainResult
}

type LayerOptions = { name?: string; trainable: boolean; activityRegularizer?: Spec }

/**
 * Builds layer specs one after another.
 *
 * Throws `SandglassError` that names the layer: `spec` when it is malformed, its name is taken or it misses a side input,
 * `shape` when it does not fit what comes before it.
 */
export function buildChain(specs: readonly unknown[], site: ChainSite): Chain {
  const { earlier, inputShape } = site
  const layers: Layer[] = []
  const weights: Record<string, WeightDeclaration> = {}
  for (const [i, spec] of specs.entries()) {
    const path = `${site.path}/${i}`
    const { name, layer } = buildLayer(spec, path, layers.at(-1)?.outputShape ?? inputShape, site)
    if (name && earlier.has(name))
      throw new SandglassError('spec', `${path}: the name "${name}" is taken`, {
        got: `another layer of that name at ${earlier.get(name)!.path}`,
        expected: 'names that are unique within a model',
      })
    earlier.set(path, layer)
    if (name) earlier.set(name, layer)
    layers.push(layer)
    for (const [local, declaration] of Object.entries(layer.weights))
      if (!isShared(declaration)) weights[`${path}/${local}`] = declaration
  }
  return {
    layers,
    weights,
    side: Object.assign({}, ...layers.map(({ side }) => side)),
    inputShape,
    outputShape: layers.at(-1)?.outputShape ?? inputShape,
    apply: (input, all, context, side = {}) => applyLayers(layers, input, all, context, side),
  }
}

function buildLayer(
  spec: unknown,
  path: string,
  inputShape: Shape,
  { registry, earlier, side = {}, frozen }: ChainSite,
): { name: string | undefined; layer: Layer } {
  const parsed = registry.parse('layer', spec, path) as Spec & LayerOptions
  const { type, name, trainable, activityRegularizer } = parsed
  const penalty = activityRegularizer && registry.build('regularizer', activityRegularizer)
  try {
    const site = { path, inputShape, registry, earlier, side }
    const built = { ...registry.get('layer', type).build(parsed as never, site), type }
    checkSide(built, side)
    const layer = trainable && !frozen ? built : freeze(built)
    return { name, layer: penalty ? penalise(layer, penalty, activityRegularizer) : layer }
  } catch (error) {
    if (isSandglassError(error)) throw error
    throw new SandglassError('shape', `${path}: cannot build ${type}`, {
      got: `input of shape ${showShape(inputShape)}`,
      cause: error,
    })
  }
}

/** Applies layers one after another; `side` holds their side inputs and the mask of the sequence that goes in. */
function applyLayers(
  layers: readonly Layer[],
  input: Tensor,
  all: TensorRecord,
  context: Context,
  side: TensorRecord,
): ChainResult {
  const { mask } = side
  let current: LayerResult = { output: input, mask }
  let inputMask = mask
  const losses: Record<string, Scalar> = {}
  const updates: TensorRecord = {}
  const activations: TensorRecord = {}
  for (const layer of layers) {
    const given = { weights: weightsOf(layer, all), context, side: readSide(layer, input.shape[0]!, side) }
    const result = applyNamed(layer, { ...given, input: current.output, mask: current.mask })
    const logits =
      layer.traits.rearranges && current.logits
        ? { ...current.logits, value: layer.apply({ ...given, input: current.logits.value }).output }
        : result.logits
    for (const [name, loss] of Object.entries(result.losses ?? {}))
      losses[name] = losses[name] ? (add(losses[name], loss) as Scalar) : loss
    for (const [name, value] of Object.entries(result.updates ?? {})) updates[`${layer.path}/${name}`] = value
    activations[layer.path] = result.output
    inputMask ??= result.mask
    context.watch?.(layer.path, result)
    current = { ...result, logits }
  }
  return { ...current, losses, updates, activations, inputMask }
}

/** Errors of layers name the layer. */
function applyNamed(layer: Layer, input: LayerInput): LayerResult {
  try {
    return layer.apply(input)
  } catch (error) {
    nameLayer(error, layer)
    throw error
  }
}

function isShared(declaration: WeightDeclaration | SharedWeight): declaration is SharedWeight {
  return 'sharedWith' in declaration
}

/** A layer's weights by local name, out of all weights by full name. */
export function weightsOf(layer: Layer, all: TensorRecord): TensorRecord {
  return Object.fromEntries(
    Object.entries(layer.weights).map(([local, declaration]) => [
      local,
      all[isShared(declaration) ? declaration.sharedWith : `${layer.path}/${local}`]!,
    ]),
  )
}

function freeze(layer: Layer): Layer {
  return {
    ...layer,
    weights: Object.fromEntries(
      Object.entries(layer.weights).map(([name, w]) => [
        name,
        isShared(w) || w.trainable === false ? w : { ...w, trainable: false, frozen: true },
      ]),
    ),
    apply: (input) => layer.apply({ ...input, context: { ...input.context, training: false } }),
  }
}

/** Adds an activity penalty, divided by the batch size as in Keras. */
function penalise(layer: Layer, penalty: Regularizer, spec: Spec): Layer {
  return {
    ...layer,
    traits: { ...layer.traits, penalty: spec },
    apply: (input) => {
      const result = layer.apply(input)
      const value = div(penalty(result.output), result.output.shape[0]!) as Scalar
      const before = result.losses?.activityRegularization
      return {
        ...result,
        losses: { ...result.losses, activityRegularization: before ? (add(before, value) as Scalar) : value },
      }
    },
  }
}
