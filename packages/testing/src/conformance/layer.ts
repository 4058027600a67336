import {
  buildChain,
  type Chain,
  createStreams,
  type Layer,
  type LayerResult,
  type Spec,
  weightsOf,
} from '@sandglass/core'
import { add, mean, mul, sigmoid, softmax, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core'
import { fill } from '../fill'
import { testRandom } from '../test-random'
import type { LayerCase } from './cases'
import { type Checker, checkGradients, checkPure, demand, sample, using } from './checker'
import { checkLayerTraits } from './traits'
import { batched, makeWeights, named } from './weights'

/** A layer where it stands, and all the weights that the chain up to it owns. */
interface Built {
  chain: Chain
  layer: Layer
}

/** Builds a layer spec for a case, behind the layers that come before it. */
export function buildLayer(
  { registry }: Checker,
  spec: Spec,
  { before = [], inputShape, side }: LayerCase,
): Built {
  const chain = buildChain([...before, spec], {
    registry,
    path: 'layers',
    inputShape,
    earlier: new Map(),
    side,
  })
  return { chain, layer: chain.layers.at(-1)! }
}

/** Declared shapes, weights, updates, logits, masks of randomness and derivatives, in training and outside it. */
export function checkLayer(checker: Checker, spec: Spec, options: LayerCase): void {
  const { batch = 4, range = [-1, 1] } = options
  const { chain, layer } = buildLayer(checker, spec, options)
  const input = (samples: number) => sample(batched(samples, layer.inputShape), 1, range)
  // The input, the side inputs and the weights, in this order.
  const sides = Object.entries(layer.side ?? {})
  const inputs = (samples: number) => [
    input(samples),
    ...sides.map(([, shape], i) => sample(batched(samples, shape), 20 + i, range)),
  ]
  const make = (samples: number) => () => [...inputs(samples), ...makeWeights(chain.weights)]
  const run = (training: boolean, [x, ...rest]: readonly Tensor[], random = testRandom(3)): LayerResult =>
    layer.apply({
      input: x!,
      side: Object.fromEntries(sides.map(([name], i) => [name, rest[i]!])),
      weights: weightsOf(layer, named(chain.weights, rest.slice(sides.length))),
      context: { training, random },
    })

  checker.check('weights', () => {
    for (const [name, declaration] of Object.entries(layer.weights)) {
      if ('sharedWith' in declaration) {
        demand(declaration.sharedWith in chain.weights, `weight "${name}" is shared with an unknown weight`)
        continue
      }
      const values = declaration.initializer(declaration.shape, createStreams(0).at('weight'))
      const size = declaration.shape.reduce((a, b) => a * b, 1)
      demand(
        values.length === size,
        `weight "${name}" is filled with ${values.length} numbers, declared are ${size}`,
      )
    }
  })

  checker.check('traits', () =>
    using(make(batch), (...xs) =>
      checkLayerTraits(
        checker,
        spec,
        layer,
        (other) => buildLayer(checker, other, options).layer,
        xs[0]!,
        () => run(false, xs),
      ),
    ),
  )

  for (const training of [false, true]) {
    for (const samples of [batch, 1])
      checkPure(checker, {
        inputs: make(samples),
        call: (...xs) => everything(run(training, xs)),
        shapes: [batched(samples, layer.outputShape)],
      })
    checker.check('results', () => using(make(batch), (...xs) => checkResult(layer, () => run(training, xs))))
    checker.check('streams', () =>
      using(make(batch), (...xs) => {
        const random = testRandom(3)
        tidy(() => void run(training, xs, random))
        for (const name of random.streams)
          demand(
            name.startsWith(`${layer.path}/`),
            `it draws from the stream "${name}", which is not below its path`,
          )
      }),
    )
    // State and frozen weights take no gradients.
    const names = Object.keys(chain.weights)
    const trained = names.filter((name) => chain.weights[name]!.trainable !== false)
    using(
      () => makeWeights(chain.weights),
      (...fixed) =>
        checkGradients(
          checker,
          options,
          () => [...inputs(batch), ...makeWeights(chain.weights, trained)],
          (...moving) => {
            const before = 1 + sides.length
            const weights = names.map((name, i) => moving.slice(before)[trained.indexOf(name)] ?? fixed[i]!)
            const { output, losses } = run(training, [...moving.slice(0, before), ...weights])
            const along = tensor(fill(output.size, 5, 0.5, 1.5), output.shape)
            return Object.values(losses ?? {}).reduce<Tensor>((a, b) => add(a, b), sum(mul(output, along)))
          },
        ),
    )
  }
}

function everything({ output, losses, updates }: LayerResult): Tensor[] {
  return [output, ...Object.values(losses ?? {}), ...Object.values(updates ?? {})]
}

function checkResult(layer: Layer, run: () => LayerResult): void {
  tidy(() => {
    const { output, logits, losses, updates } = run()
    for (const [name, loss] of Object.entries(losses ?? {}))
      demand(
        loss.rank === 0,
        `the loss "${name}" has the shape [${loss.shape.join(', ')}], expected a scalar`,
      )
    for (const [name, value] of Object.entries(updates ?? {})) {
      const declaration = layer.weights[name]
      demand(
        declaration !== undefined && !('sharedWith' in declaration),
        `it updates "${name}", no weight of its own`,
      )
      demand(declaration.trainable === false, `it updates "${name}", which is trained by gradients`)
      demand(
        value.shape.join() === declaration.shape.join(),
        `the update of "${name}" has the shape [${value.shape.join(', ')}], declared is [${declaration.shape.join(', ')}]`,
      )
    }
    if (logits) {
      const linked = logits.link === 'sigmoid' ? sigmoid(logits.value) : softmax(logits.value)
      demand(close(linked, output), `the output is not the ${logits.link} of its logits`)
    }
    demand(Number.isFinite(mean(output).dataSync()[0]!), 'the output is not finite')
  })
}

function close(a: Tensor, b: Tensor): boolean {
  const [x, y] = [a.dataSync(), b.dataSync()]
  return x.length === y.length && x.every((v, i) => Math.abs(v - y[i]!) <= 1e-5)
}
