import type { Likelihood } from '@sandglass/core'
import { type Tensor, tensor, tidy } from '@tensorflow/tfjs-core'
import { testRandom } from '../test-random'
import type { LikelihoodCase } from './cases'
import { type Checker, checkGradients, checkPure, demand, sample, using } from './checker'

/** Points of the quadrature. */
const POINTS = 4001

/**
 * One log-probability a sample with right derivatives in the parameters, that sums (over `values`) or integrates (over
 * `integrate`) to 1; a mean and draws of the data's shape, draws within the support and from streams below its name.
 */
export function checkLikelihood(checker: Checker, build: () => Likelihood, options: LikelihoodCase): void {
  const { shape = [4, 3], range = [-2, 2], values, integrate } = options
  const likelihood = build()
  const { perElement, support } = likelihood
  const [low, high] = [Math.max(support[0], -1), Math.min(support[1], 1)]
  const parameterShape = perElement === 1 ? shape : [...shape, perElement]
  const x = () => (values ? among(values, shape) : sample(shape, 2, [low, high]))
  const parameters = () => sample(parameterShape, 1, range)

  checkPure(checker, {
    inputs: () => [x(), parameters()],
    call: (data, p) => [
      likelihood.logProbability(data!, p!),
      likelihood.mean(p!),
      likelihood.sample(p!, testRandom(3), 'x'),
    ],
    shapes: [[shape[0]!], shape, shape],
  })
  checker.check('draws', () =>
    using(
      () => [parameters()],
      (p) => {
        const random = testRandom(3)
        const drawn = tidy(() => likelihood.sample(p!, random, 'x').dataSync())
        for (const value of drawn)
          demand(value >= support[0] && value <= support[1], `it draws ${value}, outside of [${support}]`)
        for (const name of random.streams)
          demand(/^x(\/|$)/.test(name), `it draws from the stream "${name}", which is not below its name`)
      },
    ),
  )
  checker.check('normalised', () => {
    const points = values ?? grid(integrate ?? support)
    const weight = values ? 1 : (points.at(-1)! - points[0]!) / (points.length - 1)
    const one = parameterShape.slice(shape.length)
    using(
      () => [sample([1, 1, ...one], 5, range)],
      (p) => {
        const total = tidy(() => {
          const data = tensor([...points], [points.length, 1])
          const same = tensor(
            Float32Array.from(
              { length: points.length * perElement },
              (_, i) => p!.dataSync()[i % perElement]!,
            ),
            [points.length, 1, ...one],
          )
          const each = Array.from(likelihood.logProbability(data, same).dataSync())
          return each.reduce((sum, logP) => sum + weight * Math.exp(logP), 0)
        })
        demand(Math.abs(total - 1) < 1e-2, `its probabilities sum to ${total}`)
      },
    )
  })
  using(
    () => [x()],
    (data) =>
      checkGradients(
        checker,
        { order: 1, ...options },
        () => [parameters()],
        (p) => likelihood.logProbability(data!, p!),
      ),
  )
}

function grid([low, high]: readonly [number, number]): number[] {
  if (!Number.isFinite(high - low))
    throw new Error('a likelihood without bounds needs `integrate: [low, high]`, where nearly all of it lies')
  return Array.from({ length: POINTS }, (_, i) => low + ((high - low) * i) / (POINTS - 1))
}

function among(values: readonly number[], shape: readonly number[]): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1)
  return tensor(
    Float32Array.from({ length: size }, (_, i) => values[(7 * i) % values.length]!),
    [...shape],
  )
}
