import { defineLayer, definePlugin, type Plugin } from '@sandglass/core'
import { add, matMul, mul, reshape, type Tensor } from '@tensorflow/tfjs-core'
import { z } from 'zod'

/**
 * A layer that reads a side input, for tests of what must pass such inputs on: `x·(1 + c·scale) + c·shift` for an input x
 * `[batch, …, features]` and the side input c `[batch, size]` named `from`, with weights `[size, features]`. `size` is that
 * of the side input unless given.
 *
 * E. Perez et al., FiLM: Visual Reasoning with a General Conditioning Layer, 2018.
 */
export const film = defineLayer({
  type: 'testing/film',
  description: 'features scaled and shifted by a side input',
  options: { from: z.string().default('condition'), size: z.int().positive().optional() },
  build: ({ from, size }, { registry, inputShape, side }) => {
    const [width = side[from]?.[0] ?? 1, features = 1] = [size, inputShape.at(-1)]
    const weight = { shape: [width, features], initializer: registry.build('initializer', 'glorotUniform') }
    return {
      outputShape: inputShape,
      traits: { completes: true },
      weights: { scale: weight, shift: weight },
      side: { [from]: [width] },
      apply: ({ input, mask, weights, side: { [from]: condition } }) => {
        const places = input.shape.slice(1, -1).map(() => 1)
        const of = (w: Tensor) => reshape(matMul(condition!, w), [input.shape[0]!, ...places, features])
        return { output: add(mul(input, add(1, of(weights.scale!))), of(weights.shift!)), mask }
      },
    }
  },
})

/** Layers for tests. */
export const testLayers: Plugin = definePlugin({
  name: '@sandglass/testing',
  version: '0.0.0',
  apiVersion: 1,
  definitions: [film],
})
