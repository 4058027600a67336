import { expectGolden, type Nested, testRandom } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { buildChain, weightsOf } from '../../chain'
import { differentiate } from '../../gradient'
import type { LayerResult } from '../../layer-result'
import { core } from '../../plugin-core'
import { createRegistry } from '../../registry'
import type { TensorRecord } from '../../tensors'

/** What tools/golden/layer_case.py writes of one layer; used by tests only. */
export interface KerasCase {
  options: Record<string, unknown>
  input: Nested
  mask?: Nested
  weights: Record<string, Nested>
  output: Nested
  along: Nested
  gradients: Record<string, Nested>
  secondInput: Nested
}

const registry = createRegistry([core])

/** Builds one layer at `layers/0`. */
export function buildOne(spec: object, inputShape: readonly number[]) {
  const chain = buildChain([spec], { registry, path: 'layers', inputShape, earlier: new Map() })
  const layer = chain.layers[0]!
  return {
    layer,
    apply: (input: tf.Tensor, own: TensorRecord = {}, mask?: tf.Tensor): LayerResult => {
      const all = Object.fromEntries(Object.entries(own).map(([name, w]) => [`layers/0/${name}`, w]))
      const context = { training: true, random: testRandom() }
      return layer.apply({ input, weights: weightsOf(layer, all), context, mask, side: {} })
    },
  }
}

/** Asserts values and first derivatives, and the second derivatives in the input, of a layer against Keras's. */
export function expectKeras(type: string, golden: KerasCase): void {
  tf.tidy(() => {
    const x = tensor(golden.input)
    const mask = golden.mask === undefined ? undefined : tensor(golden.mask)
    const own = Object.fromEntries(Object.entries(golden.weights).map(([name, w]) => [name, tensor(w)]))
    const { layer, apply } = buildOne({ type, ...golden.options }, x.shape.slice(1))
    const { output } = apply(x, own, mask)
    expectGolden(output, golden.output, { absolute: 2e-6 })
    expectGolden([...output.shape.slice(1)], [...layer.outputShape])

    const along = tensor(golden.along)
    const total = ({ input, ...w }: TensorRecord): tf.Scalar =>
      tf.sum(tf.mul(apply(input!, w, mask).output, along)) as tf.Scalar
    const { gradients } = differentiate((w) => ({ value: total(w), extra: {} }), { input: x, ...own })
    for (const [name, values] of Object.entries(golden.gradients))
      expectGolden(gradients[name]!, values, { relative: 1e-4, absolute: 1e-5 })

    const squares = (input: tf.Tensor) =>
      tf.sum(tf.square(tf.grad((at: tf.Tensor) => total({ ...own, input: at }))(input)))
    const linear = (golden.secondInput as number[]).flat(9).every((v) => v === 0)
    if (!linear) expectGolden(tf.grad(squares)(x), golden.secondInput, { relative: 1e-3, absolute: 1e-4 })
  })
}

function tensor(values: Nested): tf.Tensor {
  return tf.tensor(values as number[])
}
