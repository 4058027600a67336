import { differentiate, type Model, type Objective, type ObjectiveResult } from '@sandglass/core'
import { type Tensor, tidy } from '@tensorflow/tfjs-core'
import { checkGradients, checkPure, demand, using } from './checker'
import type { ModelSubject } from './model-subject'
import { makeWeights } from './weights'

/** An objective sums its parts, reports the same names always, and derives rightly in all that it trains. */
export function checkObjective(subject: ModelSubject, objective: Objective): void {
  const { checker, model, options, weights, weightsOf, restOf } = subject
  const fields = subject.fieldsOf(objective)
  const inputs = () => [...weights(), ...fields.make()]
  const loss = (xs: readonly Tensor[], training: boolean): ObjectiveResult =>
    objective.loss(weightsOf(xs), restOf(xs, fields.names), subject.context(training))

  checker.check('objectives', () => {
    for (const name of objective.trains)
      demand(
        name in model.weights && model.weights[name]!.trainable !== false,
        `objective "${objective.name}" trains "${name}", which is no trainable weight`,
      )
    using(inputs, (...xs) =>
      tidy(() => {
        const [trained, evaluated] = [loss(xs, true), loss(xs, false)]
        checkParts(model, trained)
        checkParts(model, evaluated)
        const names = [trained, evaluated].map((one) => Object.keys({ ...one.parts, ...one.measures }).join())
        demand(names[0] === names[1], `training reports ${names[0]}, evaluation ${names[1]}`)
      }),
    )
  })
  checkPure(checker, {
    inputs,
    call: (...xs) => {
      const all = weightsOf(xs)
      const trained = Object.fromEntries(objective.trains.map((name) => [name, all[name]!]))
      const { value, gradients, extra } = differentiate((w) => {
        const batch = restOf(xs, fields.names)
        const result = objective.loss({ ...all, ...w }, batch, subject.context(true))
        const { total, parts, measures, updates } = result
        return { value: total, extra: { ...parts, ...measures, ...updates } }
      }, trained)
      return [value, ...Object.values(gradients), ...Object.values(extra)]
    },
  })
  for (const training of [true, false]) {
    const trains = Object.keys(model.weights).map((name) => objective.trains.includes(name))
    using(inputs, (...xs) =>
      checkGradients(
        checker,
        { order: 1, ...options },
        () => makeWeights(model.weights, objective.trains),
        (...trained) => {
          const rest = [...trained]
          return loss(
            xs.map((x, i) => (trains[i] ? rest.shift()! : x)),
            training,
          ).total
        },
      ),
    )
  }
}

function checkParts(model: Model, { total, parts, measures, updates }: ObjectiveResult): void {
  demand(total.rank === 0, `the total has the shape [${total.shape.join(', ')}], expected a scalar`)
  const value = total.dataSync()[0]!
  demand(Number.isFinite(value), `the total is ${value}`)
  const sum = Object.values(parts).reduce((a, part) => a + part.dataSync()[0]!, 0)
  demand(
    Math.abs(sum - value) <= 1e-5 * Math.max(1, Math.abs(value)),
    `the parts sum to ${sum}, the total is ${value}`,
  )
  for (const [name, measure] of Object.entries(measures ?? {})) {
    demand(!(name in parts), `the measure "${name}" has the name of a part`)
    demand(
      measure.rank === 0,
      `the measure "${name}" has the shape [${measure.shape.join(', ')}], expected a scalar`,
    )
    demand(Number.isFinite(measure.dataSync()[0]!), `the measure "${name}" is not finite`)
  }
  for (const [name, update] of Object.entries(updates ?? {})) {
    const declaration = model.weights[name]
    demand(declaration?.trainable === false, `it updates "${name}", which is no state`)
    demand(
      update.shape.join() === declaration.shape.join(),
      `the update of "${name}" has another shape than declared`,
    )
  }
}
