import { type LayerResult, type Model, type ModelFunction, SandglassError, type Shape } from '@sandglass/core'
import { abs, cast, div, expandDims, max, maximum, mean, mul, sum, type Tensor } from '@tensorflow/tfjs-core'
import type { ObservedLayer } from './activity-layers'

/** Name of the largest magnitudes of a layer whose units answer at several places. */
export const most = (path: string): string => `${path}/most`

/**
 * A function of the model that gives, for each of the layers, the activation of every unit: `[batch, units]`. Units are
 * the last axis: where a layer has others too (the pixels of an image, the steps of a sequence), `path` is the mean over
 * them, steps that the mask skips left out, and `path/most` the largest magnitude.
 *
 * Throws `SandglassError` (`spec`) when no function of the model runs all of these layers.
 */
export function activityFunction(model: Model, layers: readonly ObservedLayer[]): ModelFunction {
  const paths = layers.map(({ path }) => path)
  const carrier = carrierOf(model, paths)
  const shapes = new Map(model.layers.map(({ path, outputShape }) => [path, outputShape]))
  const outputs: Record<string, Shape> = {}
  for (const path of paths) {
    const shape = shapes.get(path)!
    outputs[path] = [shape.at(-1) ?? 1]
    if (shape.length > 1) outputs[most(path)] = outputs[path]
  }
  return {
    inputs: carrier.inputs,
    outputs,
    apply: (weights, inputs, context) => {
      const seen: Record<string, Tensor> = {}
      const watch = (path: string, result: LayerResult) => {
        if (paths.includes(path)) Object.assign(seen, summarised(path, result))
      }
      carrier.apply(weights, inputs, { ...context, watch })
      const missing = paths.find((path) => !seen[path])
      if (missing !== undefined)
        throw new SandglassError(
          'spec',
          `the layer "${missing}" does not run when samples are reconstructed`,
          {
            expected: 'layers between input and output',
          },
        )
      return seen
    },
  }
}

/** The function that leads through all of these layers, without more than it needs. */
function carrierOf({ functions }: Model, paths: readonly string[]): ModelFunction {
  const encoder = paths.every((path) => path.startsWith('encoder/'))
  const names = [...(encoder ? ['encode'] : []), 'reconstruct', 'classify', 'encode']
  const name = [...names, ...Object.keys(functions)].find((each) => Object.hasOwn(functions, each))
  if (name === undefined)
    throw new SandglassError('spec', 'the activity of this model cannot be measured', {
      got: 'a model without functions',
    })
  return functions[name]!
}

function summarised(path: string, { output, mask }: LayerResult): Record<string, Tensor> {
  if (output.rank < 2) return { [path]: expandDims(output, -1) }
  if (output.rank === 2) return { [path]: output }
  const places = Array.from({ length: output.rank - 2 }, (_, i) => i + 1)
  if (!mask || output.rank !== 3)
    return { [path]: mean(output, places), [most(path)]: max(abs(output), places) }
  const counts = expandDims(cast(mask, 'float32'), -1)
  const steps = maximum(sum(counts, 1), 1)
  const counted = mul(output, counts)
  return { [path]: div(sum(counted, 1), steps), [most(path)]: max(abs(counted), 1) }
}
