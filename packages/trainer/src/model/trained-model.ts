import {
  type Backend,
  type Dataset,
  encodeModel,
  type HostRecord,
  type HostTensor,
  type Json,
  type MetricSpec,
  type Model,
  SandglassError,
  type Scalars,
  type Session,
} from '@sandglass/core'
import { backendOf } from '../fit/backend'
import { checkFields } from '../fit/data'
import { evaluateDataset } from '../fit/evaluate'
import { named } from '../fit/plan'
import { createYielder } from '../fit/yield-to-events'
import { fieldsOf, isDataset, type SampleSource, type Samples, sourceOf } from './samples'

export interface BatchOptions {
  /** Samples that the backend is given at a time. Default 256, for `evaluate` 32. */
  readonly batchSize?: number
}

/**
 * A model with weights, on a backend. Of a dataset a function takes the fields that are named as its inputs. Throws once
 * it is disposed of.
 */
export interface TrainedModel {
  readonly model: Model
  readonly backend: { readonly id: string; readonly device: string }
  /** The model's `encode`: `[samples, …input]` → `[samples, …code]`; of several outputs the first. */
  encode(samples: Samples | Dataset, options?: BatchOptions): Promise<HostTensor>
  /** The model's `decode`: `[samples, …code]` → `[samples, …output]`. */
  decode(samples: Samples, options?: BatchOptions): Promise<HostTensor>
  /** The model's `reconstruct`: `[samples, …input]` → `[samples, …output]`. */
  reconstruct(samples: Samples | Dataset, options?: BatchOptions): Promise<HostTensor>
  /** The model's `classify`: `[samples, …input]` → the probabilities `[samples, classes]`. */
  classify(samples: Samples | Dataset, options?: BatchOptions): Promise<HostTensor>
  /** Any function of the model, all inputs and outputs by name. */
  run(
    name: string,
    inputs: Readonly<Record<string, Samples>> | Dataset,
    options?: BatchOptions,
  ): Promise<HostRecord>
  /** Loss, parts and metrics over a dataset, named as in the history. */
  evaluate(dataset: Dataset, options?: BatchOptions): Promise<Scalars>
  /** By full name. */
  weights(): Promise<HostRecord>
  /** The model as the bytes of a safetensors file; `extras` travel with it. */
  save(extras?: Json): Promise<Uint8Array<ArrayBuffer>>
  dispose(): void
}

/** Opens a model that was trained before, as it comes out of a model file. */
export async function openModel(
  { model, weights }: { readonly model: Model; readonly weights: HostRecord },
  options: {
    readonly backend?: Backend | string
    readonly metrics?: readonly MetricSpec[]
    readonly seed?: number
  },
): Promise<TrainedModel> {
  const { backend: wanted = 'auto', metrics = [], seed = 0 } = options
  const specs = metrics.map((metric, i) => model.registry.parse('metric', metric, `metrics[${i}]`))
  const program = { model, seed, metrics: named(specs, model.registry) }
  const backend = await backendOf(wanted, model.registry, program)
  const session = await backend.open(program)
  try {
    await session.restore({ weights })
  } catch (error) {
    session.dispose()
    throw error
  }
  return createTrainedModel(model, session)
}

/** A trained model on a session, which it owns from now on and whose averaged weights, if any, equal its weights. */
export function createTrainedModel(model: Model, session: Session): TrainedModel {
  async function run(
    name: string,
    inputs: Readonly<Record<string, Samples>> | Dataset,
    { batchSize = 256 }: BatchOptions = {},
  ): Promise<HostRecord> {
    checkBatchSize(batchSize)
    const { sources, size } = sourcesOf(name, inputs)
    const parts: HostRecord[] = []
    const yieldToEvents = createYielder()
    for (let start = 0; start < size; start += batchSize) {
      const end = Math.min(start + batchSize, size)
      const taken = Object.entries(sources).map(([input, source]) => [input, source.take(start, end)])
      parts.push(await session.run(name, Object.fromEntries(taken), { first: start }))
      await yieldToEvents()
    }
    return Object.fromEntries(
      Object.keys(parts[0]!).map((output) => [output, joined(parts.map((p) => p[output]!))]),
    )
  }

  function functionNamed(name: string) {
    if (Object.hasOwn(model.functions, name)) return model.functions[name]!
    throw new SandglassError('spec', `the model has no function "${name}"`, {
      expected: Object.keys(model.functions).join(', ') || 'none',
    })
  }

  function sourcesOf(name: string, given: Readonly<Record<string, Samples>> | Dataset) {
    const declared = functionNamed(name).inputs
    const inputs = isDataset(given) ? fieldsOf(given, Object.keys(declared)) : given
    const unknown = Object.keys(inputs).find((input) => !Object.hasOwn(declared, input))
    const missing = Object.keys(declared).find((input) => !Object.hasOwn(inputs, input))
    if (unknown !== undefined || missing !== undefined)
      throw new SandglassError('spec', `the inputs of "${name}" are not those of the model`, {
        got: Object.keys(inputs).join(', ') || 'none',
        expected: Object.keys(declared).join(', '),
      })
    const sources: Record<string, SampleSource> = {}
    for (const [input, shape] of Object.entries(declared))
      sources[input] = sourceOf(inputs[input]!, shape, `the input "${input}" of "${name}"`)
    const sizes = new Set(Object.values(sources).map(({ size }) => size))
    if (sizes.size > 1)
      throw new SandglassError('shape', `the inputs of "${name}" differ in size`, {
        got: `${[...sizes].join(' and ')} samples`,
        expected: 'as many samples in each',
      })
    return { sources, size: [...sizes][0] ?? 0 }
  }

  async function only(name: string, samples: Samples | Dataset, options?: BatchOptions): Promise<HostTensor> {
    const { inputs, outputs } = functionNamed(name)
    const names = Object.keys(inputs)
    if (names.length !== 1 && !isDataset(samples))
      throw new SandglassError('spec', `"${name}" has several inputs: ${names.join(', ')}`, {
        advice: `Give a dataset that has them as fields, or call run('${name}', { ${names.join(', ')} }).`,
      })
    const results = await run(name, isDataset(samples) ? samples : { [names[0]!]: samples }, options)
    return results[Object.keys(outputs)[0]!]!
  }

  return {
    model,
    backend: session.backend,
    run,
    encode: (samples, options) => only('encode', samples, options),
    decode: (samples, options) => only('decode', samples, options),
    reconstruct: (samples, options) => only('reconstruct', samples, options),
    classify: (samples, options) => only('classify', samples, options),
    evaluate: async (dataset, { batchSize = 32 } = {}) => {
      checkBatchSize(batchSize)
      checkFields(model, dataset)
      const objectives = model.objectives.map(({ name }) => name)
      return (await evaluateDataset(session, objectives, dataset, batchSize)) as Scalars
    },
    weights: async () => (await session.state()).weights,
    save: async (extras) => {
      const { weights } = await session.state()
      return encodeModel(extras === undefined ? { model, weights } : { model, weights, extras })
    },
    dispose: () => session.dispose(),
  }
}

function checkBatchSize(batchSize: number): void {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    throw new SandglassError('spec', 'batchSize is not usable', {
      got: String(batchSize),
      expected: 'a whole number from 1 up',
    })
}

function joined(parts: readonly HostTensor[]): HostTensor {
  if (parts.length === 1) return parts[0]!
  const size = parts.reduce((sum, { shape }) => sum + shape[0]!, 0)
  const total = parts.reduce((sum, { data }) => sum + data.length, 0)
  const { data: first, shape } = parts[0]!
  const data = new (first.constructor as Float32ArrayConstructor)(total)
  let at = 0
  for (const part of parts) {
    data.set(part.data, at)
    at += part.data.length
  }
  return { shape: [size, ...shape.slice(1)], data }
}
