import type { Loss, Metric } from '@sandglass/core'
import { round, sigmoid, slice, softmax, type Tensor, tidy } from '@tensorflow/tfjs-core'
import type { ComparisonCase } from './cases'
import { type Checker, checkGradients, checkPure, demand, sample, using } from './checker'

/** One value a sample, which depends on that sample only; for losses, right derivatives in output and logits. */
export function checkComparison(
  checker: Checker,
  build: () => Loss | Metric,
  options: ComparisonCase,
  differentiable: boolean,
): void {
  const { shape = [4, 3], range = [0.1, 0.9], targetRange = [0.1, 0.9], wholeTargets = false, link } = options
  const loss = build()
  const targets = () => {
    const target = sample(shape, 2, targetRange)
    if (!wholeTargets) return target
    const whole = round(target)
    target.dispose()
    return whole
  }
  const compare = (target: Tensor, output: Tensor, value?: Tensor) =>
    loss({ target, output, logits: link && value ? { value, link } : undefined })
  const logits = () => [sample(shape, 1, [-2, 2])]
  const outputs = () => [sample(shape, 1, range)]
  const inputs = () => {
    if (!link) return [targets(), ...outputs()]
    const [value] = logits()
    return [targets(), link === 'sigmoid' ? sigmoid(value!) : softmax(value!), value!]
  }
  checkPure(checker, { inputs, call: (t, y, z) => [compare(t!, y!, z)], shapes: [[shape[0]!]] })

  checker.check('samples on their own', () =>
    using(inputs, (...xs) =>
      tidy(() => {
        const all = compare(xs[0]!, xs[1]!, xs[2]).dataSync()
        for (let i = 0; i < shape[0]!; i++) {
          const [t, y, z] = xs.map((x) => slice(x, [i], [1]))
          const alone = compare(t!, y!, z).dataSync()[0]!
          demand(
            Math.abs(alone - all[i]!) <= 1e-5 * Math.max(1, Math.abs(alone)),
            `sample ${i} gives ${all[i]} in a batch and ${alone} alone`,
          )
        }
      }),
    ),
  )
  if (!differentiable) return
  // The output stays as it is while the logits move: a loss that is given logits reads nothing else.
  using(inputs, (t, y) =>
    checkGradients(checker, options, link ? logits : outputs, (x) =>
      link ? compare(t!, y!, x) : compare(t!, x!),
    ),
  )
}
