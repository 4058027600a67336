import type { Activation, Corruption, Regularizer } from '@sandglass/core'
import { type Tensor, tidy } from '@tensorflow/tfjs-core'
import { testRandom } from '../test-random'
import type { TensorCase } from './cases'
import { type Checker, checkGradients, checkPure, demand, sample, using } from './checker'
import { checkActivationTraits } from './traits'

/** Same shape, right derivatives, true traits. Tried on `[4, 3]` in [−3, 3] unless told. */
export function checkActivation(checker: Checker, build: () => Activation, options: TensorCase): void {
  const { shape = [4, 3], range = [-3, 3] } = options
  const activation = build()
  const inputs = () => [sample(shape, 1, range)]
  checkPure(checker, { inputs, call: (x) => [activation.apply(x!)], shapes: [shape] })
  checker.check('traits', () => checkActivationTraits(activation))
  checkGradients(checker, options, inputs, (x) => activation.apply(x!))
}

/** A finite scalar, right derivatives. Tried on `[4, 3]` in [0.1, 0.9] unless told. */
export function checkRegularizer(checker: Checker, build: () => Regularizer, options: TensorCase): void {
  const { shape = [4, 3], range = [0.1, 0.9] } = options
  const regularizer = build()
  const inputs = () => [sample(shape, 1, range)]
  checkPure(checker, { inputs, call: (x) => [regularizer(x!)], shapes: [[]] })
  checker.check('finite', () =>
    using(inputs, (x) => {
      const value = tidy(() => regularizer(x!).dataSync()[0]!)
      demand(Number.isFinite(value), `the penalty is ${value}`)
    }),
  )
  checkGradients(checker, options, inputs, (x) => regularizer(x!))
}

/** Same shape, drawing only from streams below its path. Tried on `[4, 6]` in [0.1, 0.9] unless told. */
export function checkCorruption(checker: Checker, build: () => Corruption, options: TensorCase): void {
  const { shape = [4, 6], range = [0.1, 0.9] } = options
  const corruption = build()
  const inputs = () => [sample(shape, 1, range)]
  const call = (x: Tensor, random = testRandom(3)) => corruption(x, { training: true, random }, 'corruption')
  checkPure(checker, { inputs, call: (x) => [call(x!)], shapes: [shape] })
  checker.check('streams', () =>
    using(inputs, (x) => {
      const random = testRandom(3)
      tidy(() => void call(x!, random))
      demand(random.streams.size > 0, 'it draws no random numbers')
      for (const name of random.streams)
        demand(
          /^corruption(\/|$)/.test(name),
          `it draws from the stream "${name}", which is not below its path`,
        )
    }),
  )
  checkGradients(checker, options, inputs, (x) => call(x!))
}
