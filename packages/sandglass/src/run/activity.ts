import type { Backend } from '@sandglass/core'
import {
  buildChain,
  type Dataset,
  type HostRecord,
  type Layer,
  type Model,
  type ModelFunction,
  type Spec,
} from '@sandglass/core'
import { openModel } from '@sandglass/trainer'
import { gather } from './gather'

/** Mean activation of each unit of one layer. */
export interface LayerActivity {
  /** `encoder/2` */
  readonly path: string
  readonly type: string
  /** A value for each unit: the mean over samples. */
  readonly means: Float64Array
  /** The activity that its regularizer asks for, if it names one. */
  readonly target?: number
}

type ActiveLayer = Spec & { activityRegularizer?: Spec & { target?: number } }

/**
 * Mean activations over a dataset of the layers whose activity is regularized. Empty when there is none, or when the
 * model is no encoder and decoder.
 */
export async function sparseActivities(
  model: Model,
  weights: HostRecord,
  dataset: Dataset,
  backend: Backend,
): Promise<LayerActivity[]> {
  const { encoder = [], decoder = [] } = model.spec as { encoder?: ActiveLayer[]; decoder?: ActiveLayer[] }
  const wanted = new Map<string, number | undefined>()
  for (const [part, layers] of Object.entries({ encoder, decoder }))
    for (const [i, layer] of layers.entries())
      if (layer.activityRegularizer || layer.type === 'activityRegularization')
        wanted.set(`${part}/${i}`, layer.activityRegularizer?.target)
  if (!wanted.size || !model.fields.input) return []

  const layers = new Map(model.layers.map((layer) => [layer.path, layer]))
  const probe = {
    ...model,
    objectives: [],
    functions: { activity: activityFunction(model, [...wanted.keys()], layers) },
  }
  const opened = await openModel({ model: probe, weights }, { backend })
  const sums = new Map<string, Float64Array>()
  try {
    for (let start = 0; start < dataset.size; start += CHUNK) {
      const input = gather(dataset, 'input', start, Math.min(start + CHUNK, dataset.size))
      const outputs = await opened.run('activity', { input }, { batchSize: CHUNK })
      for (const path of wanted.keys()) addUp(sums, path, outputs[path]!.data, input.shape[0]!)
    }
  } finally {
    opened.dispose()
  }
  return [...wanted].map(([path, target]) => ({
    path,
    type: layers.get(path)?.type ?? '',
    means: sums.get(path)!.map((sum) => sum / dataset.size),
    target,
  }))
}

const CHUNK = 500

function addUp(sums: Map<string, Float64Array>, path: string, values: ArrayLike<number>, rows: number): void {
  const width = values.length / rows
  const sum = sums.get(path) ?? new Float64Array(width)
  for (let i = 0; i < values.length; i++) sum[i % width]! += values[i]!
  sums.set(path, sum)
}

/** The model up to its output, giving the activations of the layers on the way. */
function activityFunction(
  { spec, registry, fields }: Model,
  paths: readonly string[],
  layers: ReadonlyMap<string, Layer>,
): ModelFunction {
  const { encoder, decoder } = spec as unknown as Record<'encoder' | 'decoder', readonly unknown[]>
  const earlier = new Map<string, Layer>()
  const inputShape = fields.input!
  const first = buildChain(encoder, { registry, path: 'encoder', inputShape, earlier })
  const second = buildChain(decoder, {
    registry,
    path: 'decoder',
    inputShape: first.outputShape,
    earlier,
  })
  return {
    inputs: { input: inputShape },
    outputs: Object.fromEntries(paths.map((path) => [path, layers.get(path)!.outputShape])),
    apply: (weights, { input }, context) => {
      const code = first.apply(input!, weights, context)
      const needsDecoder = paths.some((path) => path.startsWith('decoder/'))
      const decoded = needsDecoder ? second.apply(code.output, weights, context, code.mask) : undefined
      const activations = { ...code.activations, ...decoded?.activations }
      return Object.fromEntries(paths.map((path) => [path, activations[path]!]))
    },
  }
}
