import { type Mapping, type MappingRegularizer, sizeOf } from '@sandglass/core'
import { matMul, reshape, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core'
import { testRandom } from '../test-random'
import type { MappingCase } from './cases'
import { type Checker, checkGradients, checkPure, demand, sample, using } from './checker'

/**
 * A finite scalar with right derivatives in what the mapping depends on, which gives the mapping the batch or whole
 * copies of it, and draws only from streams below its path. Tried on one sigmoid layer.
 */
export function checkMappingRegularizer(
  checker: Checker,
  build: () => MappingRegularizer,
  options: MappingCase,
): void {
  const { shape = [4, 3], outputShape = [2], range = [-1, 1] } = options
  const regularizer = build()
  const batch = shape[0]!
  const width = sizeOf(shape.slice(1))
  const inputs = () => [sample(shape, 1, range), sample([width, sizeOf(outputShape)], 2)]
  const layer = checker.registry.build('activation', 'sigmoid')
  const mapping = (kernel: Tensor, seen: number[][] = []): Mapping => ({
    outputShape,
    apply: (x) => {
      seen.push(x.shape)
      const codes = layer.apply(matMul(reshape(x, [-1, width]) as Tensor2D, kernel as Tensor2D))
      return reshape(codes, [-1, ...outputShape])
    },
  })
  const call = (x: Tensor, kernel: Tensor, random = testRandom(3), seen: number[][] = []) =>
    regularizer(mapping(kernel, seen), x, { training: true, random }, 'penalty')

  checkPure(checker, { inputs, call: (x, kernel) => [call(x!, kernel!)], shapes: [[]] })
  checker.check('finite', () =>
    using(inputs, (x, kernel) => {
      const value = tidy(() => call(x!, kernel!).dataSync()[0]!)
      demand(Number.isFinite(value), `the penalty is ${value}`)
    }),
  )
  checker.check('whole batches', () =>
    using(inputs, (x, kernel) => {
      const seen: number[][] = []
      tidy(() => void call(x!, kernel!, testRandom(3), seen))
      for (const [rows, ...rest] of seen)
        demand(
          rows! % batch === 0 && rest.join() === shape.slice(1).join(),
          `the mapping was given [${[rows, ...rest].join(', ')}], expected [n·${batch}, ${shape.slice(1).join(', ')}]`,
        )
    }),
  )
  checker.check('streams', () =>
    using(inputs, (x, kernel) => {
      const random = testRandom(3)
      tidy(() => void call(x!, kernel!, random))
      for (const name of random.streams)
        demand(/^penalty\//.test(name), `it draws from the stream "${name}", which is not below its path`)
    }),
  )
  using(inputs, (x) =>
    checkGradients(
      checker,
      { order: 1, ...options },
      () => [sample([width, sizeOf(outputShape)], 2)],
      (kernel) => call(x!, kernel!),
    ),
  )
}
