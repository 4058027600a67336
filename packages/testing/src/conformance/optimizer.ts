import type { Optimizer, OptimizerState, Shape, TensorRecord } from '@sandglass/core'
import { clone, fill as filled, scalar, type Tensor, tidy } from '@tensorflow/tfjs-core'
import type { OptimizerCase } from './cases'
import { type Checker, checkPure, demand, sample, using } from './checker'

const SHAPES: Readonly<Record<string, Shape>> = { 'encoder/0/kernel': [3, 2], 'encoder/0/bias': [2] }
const NAMES = Object.keys(SHAPES)

/** Keeps shapes and slot names, and goes downhill on ½‖w‖². */
export function checkOptimizer(checker: Checker, build: () => Optimizer, options: OptimizerCase): void {
  const optimizer = build()
  const declared = optimizer.slots(SHAPES)
  const rate =
    typeof optimizer.learningRate === 'number' ? optimizer.learningRate : (options.learningRate ?? 0.01)

  checker.check('slots', () => {
    for (const [name, { shape, initial }] of Object.entries(declared)) {
      demand(/^[^/]+(\/|$)/.test(name), `slot "${name}" is not named slot/weight`)
      if (typeof initial === 'number') continue
      const copied = SHAPES[initial.copyOf]
      demand(copied !== undefined, `slot "${name}" copies the unknown weight "${initial.copyOf}"`)
      demand(copied.join() === shape.join(), `slot "${name}" and the weight it copies differ in shape`)
    }
  })

  const weights = () => NAMES.map((name, i) => sample(SHAPES[name]!, i + 1))
  const start = (xs: readonly Tensor[]): OptimizerState => {
    const record: TensorRecord = Object.fromEntries(NAMES.map((name, i) => [name, xs[i]!]))
    const slots = Object.entries(declared).map(([name, { shape, initial }]) => [
      name,
      typeof initial === 'number' ? filled([...shape], initial) : clone(record[initial.copyOf]!),
    ])
    return { weights: record, slots: Object.fromEntries(slots) as TensorRecord }
  }
  const step = (state: OptimizerState, iteration: number): OptimizerState =>
    // The gradient of ½‖w‖² is w.
    optimizer.update({
      ...state,
      gradients: state.weights,
      learningRate: scalar(rate),
      iteration: scalar(iteration),
    })
  const flat = ({ weights: w, slots }: OptimizerState) => [
    ...NAMES.map((name) => w[name]!),
    ...Object.keys(declared).map((name) => slots[name]!),
  ]

  checker.check('slots', () =>
    using(weights, (...xs) =>
      tidy(() => {
        const next = step(start(xs), 1)
        const names = (record: object) => Object.keys(record).sort().join(', ')
        demand(
          names(next.slots) === names(declared),
          `slots ${names(next.slots)}; declared are ${names(declared)}`,
        )
        demand(
          names(next.weights) === names(SHAPES),
          `weights ${names(next.weights)}; expected ${names(SHAPES)}`,
        )
      }),
    ),
  )
  checkPure(checker, {
    inputs: weights,
    call: (...xs) => flat(step(step(start(xs), 1), 2)),
    shapes: [...NAMES.map((name) => SHAPES[name]!), ...Object.values(declared).map(({ shape }) => shape)],
  })
  checker.check('goes downhill', () =>
    using(weights, (...xs) =>
      tidy(() => {
        let state = start(xs)
        const before = energy(state.weights)
        for (let i = 1; i <= 20; i++) state = step(state, i)
        const after = energy(state.weights)
        demand(after < before, `20 steps on ½‖w‖² went from ${before} to ${after}`)
      }),
    ),
  )
}

function energy(weights: TensorRecord): number {
  return Object.values(weights).reduce((total, w) => {
    for (const v of w.dataSync() as Float32Array) total += v ** 2 / 2
    return total
  }, 0)
}
