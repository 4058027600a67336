import {
  checkTurns,
  differentiate,
  type Model,
  type ObjectiveResult,
  type TensorRecord,
  trainingSchema,
} from '@sandglass/core'
import { type Tensor, tidy } from '@tensorflow/tfjs-core'
import { testRandom } from '../test-random'
import type { ModelCase } from './cases'
import { type Checker, checkGradients, checkPure, demand, sample, using } from './checker'
import { batched, makeWeights, named } from './weights'

/**
 * Functions give the shapes they declare, objectives sum their parts and derive rightly in all that they train, and the
 * plan of the training names objectives and procedures that there are.
 */
export function checkModel(checker: Checker, model: Model, options: ModelCase): void {
  const { fields, ranges = {}, batch = 4 } = options
  const weights = () => makeWeights(model.weights)
  const context = (training: boolean) => ({ training, random: testRandom(3) })
  const count = Object.keys(model.weights).length

  checker.check('weights', () => {
    for (const layer of model.layers)
      for (const [name, declaration] of Object.entries(layer.weights)) {
        const full = 'sharedWith' in declaration ? declaration.sharedWith : `${layer.path}/${name}`
        demand(
          full in model.weights,
          `the layer ${layer.path} needs the weight "${full}", which the model does not declare`,
        )
      }
    demand(model.objectives.length > 0, 'it has no objective')
  })

  checker.check('training', () => checkTraining(model))

  for (const [name, fn] of Object.entries(model.functions)) {
    const names = Object.keys(fn.inputs)
    const inputs = () => [
      ...weights(),
      ...names.map((field, i) =>
        sample(batched(batch, fn.inputs[field]!), 60 + i, ranges[field] ?? [0.1, 0.9]),
      ),
    ]
    const outputs = Object.entries(fn.outputs)
    checkPure(checker, {
      inputs,
      call: (...xs) => {
        const given = Object.fromEntries(names.map((field, i) => [field, xs[count + i]!]))
        const result = fn.apply(named(model.weights, xs), given, context(false))
        demand(
          Object.keys(result).sort().join() ===
            outputs
              .map(([n]) => n)
              .sort()
              .join(),
          `${name} returns ${Object.keys(result).join(', ')}, declared are ${outputs.map(([n]) => n).join(', ')}`,
        )
        return outputs.map(([n]) => result[n]!)
      },
      shapes: outputs.map(([, shape]) => batched(batch, shape)),
    })
  }

  for (const objective of model.objectives) {
    const required = Object.entries(objective.fields).flatMap(([field, need]) =>
      need === 'required' || field in fields ? [field] : [],
    )
    const batchOf = () =>
      required.map((field, i) => sample(batched(batch, fields[field]!), 40 + i, ranges[field] ?? [0.1, 0.9]))
    const record = (xs: readonly Tensor[]) => Object.fromEntries(required.map((field, i) => [field, xs[i]!]))
    const loss = (xs: readonly Tensor[], training: boolean): ObjectiveResult =>
      objective.loss(named(model.weights, xs), record(xs.slice(count)), context(training))

    checker.check('objectives', () => {
      for (const name of objective.trains)
        demand(
          name in model.weights && model.weights[name]!.trainable !== false,
          `objective "${objective.name}" trains "${name}", which is no trainable weight`,
        )
      using(
        () => [...weights(), ...batchOf()],
        (...xs) =>
          tidy(() => {
            const [trained, evaluated] = [loss(xs, true), loss(xs, false)]
            checkParts(model, trained)
            checkParts(model, evaluated)
            const names = [trained, evaluated].map((one) =>
              Object.keys({ ...one.parts, ...one.measures }).join(),
            )
            demand(names[0] === names[1], `training reports ${names[0]}, evaluation ${names[1]}`)
          }),
      )
    })
    const differentiated = (xs: readonly Tensor[]) => {
      const all = named(model.weights, xs)
      const trained = Object.fromEntries(objective.trains.map((name) => [name, all[name]!]))
      return differentiate((w: TensorRecord) => {
        const { total, parts, measures, updates } = objective.loss(
          { ...all, ...w },
          record(xs.slice(count)),
          context(true),
        )
        return { value: total, extra: { ...parts, ...measures, ...updates } }
      }, trained)
    }
    checkPure(checker, {
      inputs: () => [...weights(), ...batchOf()],
      call: (...xs) => {
        const { value, gradients, extra } = differentiated(xs)
        return [value, ...Object.values(gradients), ...Object.values(extra)]
      },
    })
    for (const training of [true, false]) {
      const trains = Object.keys(model.weights).map((name) => objective.trains.includes(name))
      using(
        () => [...weights(), ...batchOf()],
        (...xs) =>
          checkGradients(
            checker,
            { order: 1, ...options },
            () => makeWeights(model.weights, objective.trains),
            (...trained) => {
              const rest = [...trained]
              return loss(
                xs.map((x, i) => (i < count && trains[i] ? rest.shift()! : x)),
                training,
              ).total
            },
          ),
      )
    }
  }
}

function checkTraining({ training = {}, objectives, procedures = {}, registry }: Model): void {
  const { error } = trainingSchema.safeParse(training)
  demand(
    !error,
    `its training is malformed: ${error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)}`,
  )
  const names = objectives.map(({ name }) => name)
  if (training.turns) checkTurns(training.turns, names)
  const stranger = Object.keys(training.optimizers ?? {}).find((name) => !names.includes(name))
  demand(stranger === undefined, `it has an optimizer for "${stranger}", which is no objective`)
  if (registry.list('optimizer').length)
    for (const [name, optimizer] of Object.entries(training.optimizers ?? {}))
      registry.parse('optimizer', optimizer, `optimizers.${name}`)
  const { start } = training
  const procedure = typeof start === 'object' ? start.procedure : start
  demand(
    procedure === undefined || Object.hasOwn(procedures, procedure),
    `it starts with "${procedure}", which is no procedure of it`,
  )
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
