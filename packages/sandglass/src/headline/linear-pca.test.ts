import { PCA } from 'ml-pca'
import { describe, expect, test } from 'vitest'
import {
  adam,
  autoencoder,
  cosineSchedule,
  defaultRegistry,
  dense,
  fit,
  readField,
  sgd,
  textbookPlane,
} from '../index'
import { formulaWeights } from './formula-weights'
import golden from './greedy.golden.json'

/** Three numbers through two and back, everything linear. */
const model = autoencoder({ encoder: [dense({ units: 2 })], decoder: [dense({ units: 3 })] })

describe.each(['cpu', 'onnxruntime'])('on %s', (backend) => {
  test.each([
    ['ml2', 0.00339],
    ['ml3', 0.023309],
    ['excelsior', 0.045459],
  ] as const)(
    'a linear autoencoder is PCA: %s',
    async (edition, published) => {
      const { train } = textbookPlane({ edition })
      const points = readField(train, 'input').data
      const rows = Array.from({ length: train.size }, (_, i) => [...points.subarray(3 * i, 3 * i + 3)])
      const pca = new PCA(rows, { method: 'SVD', center: true, scale: false })
      // Variances come over n − 1; what two components leave is the third, as a mean over three coordinates.
      const floor = (pca.getEigenvalues()[2]! * (rows.length - 1)) / rows.length / 3
      expect(floor).toBeCloseTo(published, 6)

      const { model: trained } = await fit(model, train, {
        optimizer: adam({ learningRate: cosineSchedule({ initial: 0.2 }) }),
        epochs: 400,
        batchSize: train.size,
        seed: 1,
        backend,
      })
      const { loss } = await trained.evaluate(train)
      const weights = await trained.weights()
      trained.dispose()
      expect(loss! / floor).toBeLessThan(1.01)
      expect(loss! / floor, 'better than what is possible').toBeGreaterThan(1 - 1e-4)

      // Two planes in space share a line; their other principal angle is that of their normals.
      const kernel = weights['decoder/0/kernel']!.data
      const normal = cross([...kernel.subarray(0, 3)], [...kernel.subarray(3, 6)])
      const third = pca.getLoadings().getRow(2)
      expect(degreesBetween(normal, third)).toBeLessThan(1)
    },
    120_000,
  )
})

test.each([
  ['ml2', sgd({ learningRate: 1.5 })],
  ['ml3', sgd({ learningRate: 0.5 })],
  ['excelsior', adam({ learningRate: 0.01 })],
] as const)('20 steps lose what Keras loses: %s', async (edition, optimizer) => {
  const { train } = textbookPlane({ edition })
  const registry = defaultRegistry()
  const { weights } = registry.build('model', model, { registry, fields: { input: [3] } })
  const run = await fit(model, train, {
    optimizer,
    epochs: 20,
    batchSize: train.size,
    backend: 'onnxruntime',
    initialWeights: formulaWeights(weights),
  })
  run.model.dispose()
  for (const [step, expected] of golden.linear[edition].entries())
    expect(run.history[step]!.loss! / expected, `step ${step}`).toBeCloseTo(1, 4)
})

type Vector = readonly number[]

function cross([a, b, c]: Vector, [d, e, f]: Vector): Vector {
  return [b! * f! - c! * e!, c! * d! - a! * f!, a! * e! - b! * d!]
}

/** Between lines, by the sine, which is exact for small angles. */
function degreesBetween(a: Vector, b: Vector): number {
  const sine = Math.hypot(...cross(a, b)) / (Math.hypot(...a) * Math.hypot(...b))
  return (Math.asin(Math.min(1, sine)) * 180) / Math.PI
}
