import { type AnyDataset, type HostRecord, type ModelFunction, SandglassError } from '@sandglass/core'
import { createYielder } from '../fit/yield-to-events'
import { inputsOf } from '../model/dataset-inputs'
import { most } from './activity-function'
import { type ObservedLayer, usualThreshold } from './activity-layers'

/** How active the units of one layer are over a dataset. */
export interface LayerActivity extends ObservedLayer {
  /** Mean activation of each unit. */
  readonly means: Float64Array
  /** Share of the samples in which the unit's magnitude goes above `threshold`, anywhere in the sample. */
  readonly frequencies: Float64Array
  /** Units that give nothing: the mean of their (largest) magnitudes over the samples is `threshold` or less. */
  readonly dead: readonly number[]
  readonly threshold: number
}

interface Sums {
  readonly layer: ObservedLayer
  readonly threshold: number
  readonly values: Float64Array
  readonly magnitudes: Float64Array
  readonly active: Float64Array
}

export interface MeasureOptions {
  readonly dataset: AnyDataset
  /** The first so many samples. Default: all. */
  readonly samples?: number
  readonly batchSize: number
  /** In place of each layer's usual one. */
  readonly threshold?: number
  readonly run: (inputs: HostRecord) => Promise<HostRecord>
}

/** Runs `activityFunction` over a dataset and sums up what it gives. Throws `SandglassError` (`data`) when it lacks a field. */
export async function measure(
  { inputs }: ModelFunction,
  layers: readonly ObservedLayer[],
  { dataset, samples, batchSize, threshold, run }: MeasureOptions,
): Promise<LayerActivity[]> {
  const missing = Object.keys(inputs).find((field) => !Object.hasOwn(dataset.fields, field))
  if (missing !== undefined)
    throw new SandglassError('data', `the data "${dataset.name}" lacks the field "${missing}"`, {
      got: Object.keys(dataset.fields).join(', ') || 'no fields',
      expected: 'the fields that the model reads',
    })
  const yieldToEvents = createYielder()
  const sums = new Map<string, Sums>()
  let size = 0
  for await (const fed of inputsOf(dataset, { inputs, batchSize, samples })) {
    size += Object.values(fed)[0]!.shape[0]!
    const outputs = await run(fed)
    for (const layer of layers) addUp(sums, layer, outputs, threshold)
    await yieldToEvents()
  }
  return [...sums.values()].map(({ layer, threshold: limit, values, magnitudes, active }) => ({
    ...layer,
    means: values.map((sum) => sum / size),
    frequencies: active.map((count) => count / size),
    dead: [...magnitudes.keys()].filter((unit) => magnitudes[unit]! / size <= limit),
    threshold: limit,
  }))
}

function addUp(
  all: Map<string, Sums>,
  layer: ObservedLayer,
  outputs: HostRecord,
  given: number | undefined,
): void {
  const { data: values, shape } = outputs[layer.path]!
  const largest = outputs[most(layer.path)]?.data ?? values
  const units = shape[1]!
  const make = () => new Float64Array(units)
  const sums = all.get(layer.path) ?? {
    layer,
    threshold: given ?? usualThreshold(layer),
    values: make(),
    magnitudes: make(),
    active: make(),
  }
  for (let i = 0; i < values.length; i++) {
    const unit = i % units
    const magnitude = Math.abs(largest[i]!)
    sums.values[unit]! += values[i]!
    sums.magnitudes[unit]! += magnitude
    if (magnitude > sums.threshold) sums.active[unit]!++
  }
  all.set(layer.path, sums)
}
