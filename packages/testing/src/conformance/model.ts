import { checkTurns, type Model, trainingSchema } from '@sandglass/core'
import type { ModelCase } from './cases'
import { type Checker, demand } from './checker'
import { checkControls } from './model-controls'
import { checkFunction } from './model-functions'
import { checkObjective } from './model-objectives'
import { modelSubject } from './model-subject'

/**
 * Functions give the shapes they declare, objectives sum their parts and derive rightly in all that they train, nothing
 * is read but weights, inputs and controls, and the plan of the training names objectives and procedures that there are.
 */
export function checkModel(checker: Checker, model: Model, options: ModelCase): void {
  checker.check('weights', () => checkWeights(model))
  checker.check('training', () => checkTraining(model))
  const subject = modelSubject(checker, model, options)
  for (const [name, fn] of Object.entries(model.functions)) checkFunction(subject, name, fn)
  for (const objective of model.objectives) checkObjective(subject, objective)
  checkControls(subject)
}

function checkWeights({ layers, weights, objectives }: Model): void {
  for (const layer of layers)
    for (const [name, declaration] of Object.entries(layer.weights)) {
      const full = 'sharedWith' in declaration ? declaration.sharedWith : `${layer.path}/${name}`
      demand(
        full in weights,
        `the layer ${layer.path} needs the weight "${full}", which the model does not declare`,
      )
    }
  demand(objectives.length > 0, 'it has no objective')
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
