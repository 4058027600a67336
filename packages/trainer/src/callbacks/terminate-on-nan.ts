import { define, SandglassError } from '@sandglass/core'
import { z } from 'zod'
import { faultsOf, weightFaults } from '../fit/finiteness'
import type { Callback } from './callback'

/**
 * Fails the run as soon as a loss or validation loss is NaN or infinite, with an error (`numeric`) that names the step
 * and what is not finite: parts of the loss, fields of the batch, weights. Every run has it unless told otherwise. It
 * comes before callbacks that save, so what they saved last stays.
 */
export const terminateOnNan = define('callback', {
  type: 'terminateOnNan',
  description: 'fails a run whose loss is no longer finite',
  schema: z.strictObject({}),
  build: (): Callback => ({
    name: 'terminateOnNan',
    onStep: (event, run) => {
      if (Number.isFinite(event.scalars.loss)) return
      const at = `at step ${event.step} (epoch ${event.epoch}, batch ${event.batch})`
      return run.weights().then((weights) => {
        const several = run.model.objectives.length > 1
        const what = several ? `the loss of the objective "${event.objective}"` : 'the loss'
        throw new SandglassError('numeric', `${what} became ${event.scalars.loss} ${at}`, {
          got: faultsOf(event.scalars, run.batch, weights),
          expected: 'finite numbers',
          advice: adviceFor(event.learningRate),
        })
      })
    },
    onEpoch: ({ epoch, step, entry }, run) => {
      const name = Object.keys(entry).find((key) => /(^|_)loss$/.test(key) && !Number.isFinite(entry[key]))
      if (name === undefined) return
      return run.weights().then((weights) => {
        throw new SandglassError(
          'numeric',
          `${name} became ${entry[name]} after epoch ${epoch} (step ${step})`,
          {
            got: weightFaults(weights),
            expected: 'finite numbers',
            advice: adviceFor(entry.learningRate),
          },
        )
      })
    },
  }),
})

function adviceFor(learningRate: number | undefined): string {
  const rate = learningRate === undefined ? 'learning rate' : `learning rate (now ${learningRate})`
  return `Lower the ${rate}, or clip the gradients (clipNorm, globalClipNorm).`
}
