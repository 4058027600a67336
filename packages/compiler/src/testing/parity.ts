import '@tensorflow/tfjs-backend-cpu'
import { createStreams, type HostTensor, type TensorRecord } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import * as ort from 'onnxruntime-node'
import type { Graph } from '../graph/graph'
import { compileGraph } from '../session/compile-graph'
import type { Runtime } from '../session/runtime'
import type { RuntimeOptions } from '../session/runtime-options'
import { trace } from '../trace/trace'

export const runtime = ort as unknown as Runtime

/** Runs `f` compiled, on float32 inputs. */
export async function runCompiled(
  f: (inputs: TensorRecord) => TensorRecord,
  inputs: Record<string, HostTensor>,
  options: RuntimeOptions = {},
): Promise<Record<string, HostTensor>> {
  return runGraph(trace(f, inputs), inputs, options)
}

/** Runs a graph compiled, on float32 inputs. */
export async function runGraph(
  given: Graph,
  inputs: Readonly<Record<string, Pick<HostTensor, 'data'>>>,
  options: RuntimeOptions = {},
): Promise<Record<string, HostTensor>> {
  const graph = await compileGraph(runtime, options, given, { input: () => false, output: () => false })
  for (const [name, { data }] of Object.entries(inputs)) graph.inputs[name]?.data.set(data)
  const results = await graph.run({}, {})
  const outputs = Object.fromEntries(
    graph.graph.outputs.map(({ name, value }) => [
      name,
      { shape: value.shape, data: (results[name]!.data as Float32Array).slice() },
    ]),
  )
  await graph.release()
  return outputs
}

/** Runs `f` eagerly on the cpu backend. */
export async function runEagerly(
  f: (inputs: TensorRecord) => TensorRecord,
  inputs: Record<string, HostTensor>,
): Promise<Record<string, HostTensor>> {
  await tf.setBackend('cpu')
  const outputs = tf.tidy(() =>
    f(
      Object.fromEntries(
        Object.entries(inputs).map(([name, { shape, data }]) => [
          name,
          tf.tensor(data, [...shape], 'float32'),
        ]),
      ),
    ),
  )
  const result: Record<string, HostTensor> = {}
  for (const [name, tensor] of Object.entries(outputs)) {
    result[name] = { shape: tensor.shape, data: Float32Array.from(await tensor.data()) }
    tensor.dispose()
  }
  return result
}

/** The value of `f`, and the gradient of a weighted sum of it in every input. */
export function withGradients(f: (...x: tf.Tensor[]) => tf.Tensor) {
  return (inputs: TensorRecord): TensorRecord => {
    const names = Object.keys(inputs)
    const tensors = names.map((name) => inputs[name]!)
    const value = f(...tensors)
    const weighted = (...x: tf.Tensor[]) => {
      const y = f(...x)
      const weights = tf.add(0.5, tf.cos(tf.reshape(tf.range(0, y.size), y.shape)))
      return tf.sum(tf.mul(y, weights))
    }
    const gradients = tf.grads(weighted as never)(tensors as never) as tf.Tensor[]
    return {
      value: tf.cast(value, 'float32'),
      ...Object.fromEntries(gradients.map((gradient, i) => [`d${names[i]}`, gradient])),
    }
  }
}

/** A reproducible normal array. */
export function sample(name: string, shape: readonly number[]): HostTensor {
  const data = new Float32Array(shape.reduce((product, extent) => product * extent, 1))
  return { shape, data: createStreams(7).at(name).normal(data) }
}

/** Throws unless the two agree to `tolerance`, relative to the larger of 1 and the largest value. */
export function expectAgreement(
  actual: Record<string, HostTensor>,
  expected: Record<string, HostTensor>,
  tolerance = 1e-5,
): void {
  for (const [name, { shape, data }] of Object.entries(expected)) {
    const got = actual[name]
    if (!got) throw new Error(`${name} is missing`)
    if (`${got.shape}` !== `${shape}`)
      throw new Error(`${name} has shape [${got.shape}], expected [${shape}]`)
    const scale = Math.max(1, ...Array.from(data, Math.abs))
    data.forEach((value, i) => {
      const difference = Math.abs(got.data[i]! - value)
      if (!(difference <= tolerance * scale))
        throw new Error(`${name}[${i}] is ${got.data[i]}, expected ${value} (difference ${difference})`)
    })
  }
}
