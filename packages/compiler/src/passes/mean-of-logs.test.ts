import { binaryCrossentropy, core, createRegistry, sigmoidOf } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { graphOf, operatorsAfter } from '../testing/graphs'
import { expectAgreement, runCompiled, runEagerly, sample } from '../testing/parity'
import { trace } from '../trace/trace'
import { optimise } from './index'
import { mergeLogs } from './mean-of-logs'

const loss = createRegistry([core]).build('loss', binaryCrossentropy())
const crossentropy = ({ z, t }: Record<string, tf.Tensor>) => {
  const logits = { value: z!, link: 'sigmoid' as const }
  const output = sigmoidOf(z!)
  return { loss: tf.mean(loss({ target: sigmoidOf(t!), output, logits })), output }
}

test.each([1, 20])(
  'the mean cross-entropy of logits of size %d takes few logarithms and keeps its value',
  async (size) => {
    const z = sample('z', [8, 48])
    const inputs = {
      z: { ...z, data: (z.data as Float32Array).map((v) => v * size) },
      t: sample('t', [8, 48]),
    }
    const graph = optimise(trace(crossentropy, inputs))
    const logs = graph.nodes.filter(({ op }) => op === 'Log')
    expect(logs.map((node) => node.outputs[0]!.shape)).toEqual([[6]])
    expectAgreement(await runCompiled(crossentropy, inputs), await runEagerly(crossentropy, inputs), 1e-6)
  },
)

test('logarithms of numbers that may be small are left alone', () => {
  const graph = graphOf({ x: [64], y: [64] }, (b, { x, y }) => {
    const sum = b.emit('Add', [y!, b.emit('Log', [x!], [64])], [64])
    return { mean: b.emit('ReduceMean', [sum, b.ints([0])], [], { keepdims: 0 }) }
  })
  expect(operatorsAfter(mergeLogs, graph)).toEqual(['Log', 'Add', 'ReduceMean'])
})
