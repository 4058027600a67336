import { clipOf, eluOf, seluOf, sigmoidOf, softplusOf } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { graphOf, operatorsAfter } from '../testing/graphs'
import { expectAgreement, runCompiled, runEagerly, sample, withGradients } from '../testing/parity'
import { trace } from '../trace/trace'
import { chooseByMask, reuseActivations } from './activation-gradients'
import { optimise } from './index'

const inputs = { x: sample('x', [4, 5]) }
const operators = (f: (x: tf.Tensor) => tf.Tensor) =>
  optimise(trace(withGradients(f), inputs)).nodes.map(({ op }) => op)

test.each<[string, (x: tf.Tensor) => tf.Tensor]>([
  ['selu', seluOf],
  ['elu', eluOf],
])('the derivative of %s needs no exponential of its own, and keeps its value', async (_, f) => {
  expect(operators(f)).not.toContain('Exp')
  const run = withGradients(f)
  expectAgreement(await runCompiled(run, inputs), await runEagerly(run, inputs), 1e-6)
})

test('the cross-entropy and its gradient share one sigmoid', async () => {
  const f = (x: tf.Tensor) => tf.add(softplusOf(x), sigmoidOf(x))
  expect(operators(f).filter((op) => op === 'Sigmoid')).toHaveLength(1)
  const run = withGradients(f)
  expectAgreement(await runCompiled(run, inputs), await runEagerly(run, inputs), 1e-6)
})

test('where a clip let a value through is where it left it unchanged', async () => {
  const f = (x: tf.Tensor) => tf.square(clipOf(x, -0.5, 0.75))
  expect(operators(f)).not.toContain('Greater')
  expect(operators(f)).toContain('Equal')
  const run = withGradients(f)
  expectAgreement(await runCompiled(run, inputs), await runEagerly(run, inputs), 1e-6)
})

test('a mask chooses instead of multiplying', () => {
  const graph = graphOf({ x: [3], dy: [3] }, (b, { x, dy }) => {
    const positive = b.emit('Greater', [x!, b.scalar(0)], [3], {}, 'bool')
    const mask = b.emit('Where', [positive, b.scalar(1), b.scalar(0)], [3], {}, 'float32')
    return { dx: b.emit('Mul', [dy!, mask], [3]) }
  })
  expect(operatorsAfter(chooseByMask, graph)).toEqual(['Greater', 'Where', 'Where'])
})

test('numbers multiply into a choice between numbers', () => {
  const graph = graphOf({ x: [3] }, (b, { x }) => {
    const positive = b.emit('Greater', [x!, b.scalar(0)], [3], {}, 'bool')
    const choice = b.emit('Where', [positive, b.scalar(2), b.scalar(3)], [3], {}, 'float32')
    return { y: b.emit('Mul', [choice, b.scalar(5)], [3]) }
  })
  const last = reuseActivations(graph).nodes.at(-1)!
  expect(last.op).toBe('Where')
  expect(last.inputs.slice(1).map((v) => v.constant)).toEqual([[10], [15]])
})

test('nothing is assumed of an activation that was not computed', () => {
  const graph = graphOf({ x: [3] }, (b, { x }) => ({
    y: b.emit('Sigmoid', [b.emit('Abs', [x!], [3])], [3]),
  }))
  expect(operatorsAfter(reuseActivations, graph)).toEqual(['Abs', 'Sigmoid'])
})
