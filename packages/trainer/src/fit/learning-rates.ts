import type { Plan } from './plan'
import type { Progress } from './progress'
import { scheduleProgress } from './schedule-progress'
import { batchesOf, turnsAt, UNKNOWN_BATCHES, updatesBefore } from './turns'

/** Learning rates of a run, by objective. */
export interface LearningRates {
  /** That of the next update, which is then done. */
  next(objective: string): number
  /** That of the update done last, or of the first when none is done. */
  last(objective: string): number
}

/** The schedules of a run. Each sees a training that begins in the epoch in which its objective is first trained. */
export function learningRates(plan: Plan, progress: Progress): LearningRates {
  const { epochs, monitor } = plan
  const { position, history } = progress
  const { turns, batches } = progress.timetable
  const before = position.epoch * batches + position.batch
  const inTurn = turnsAt(turns, before).slice(0, position.turn)
  const trainings = new Map(
    Object.keys(plan.schedules).map((name) => {
      const totalSteps = updatesBefore(turns, batches * epochs, name)
      const own = batchesOf(turns, name, batches * epochs)
      const done = updatesBefore(turns, before, name) + inTurn.filter((other) => other === name).length
      const stepsPerEpoch = own.count && (totalSteps / own.count) * batches
      return [name, { totalSteps, stepsPerEpoch, firstEpoch: Math.floor(own.first / batches), done }]
    }),
  )

  function rateAt(objective: string, step: number): number {
    const { totalSteps, stepsPerEpoch, firstEpoch } = trainings.get(objective)!
    const length = batches === UNKNOWN_BATCHES ? undefined : { stepsPerEpoch, totalSteps }
    const own = {
      step,
      epoch: position.epoch - firstEpoch,
      history: firstEpoch ? history.slice(firstEpoch) : history,
      monitor,
    }
    return plan.schedules[objective]!(scheduleProgress(own, length, plan.train.name))
  }

  return {
    next: (objective) => rateAt(objective, trainings.get(objective)!.done++),
    last: (objective) => rateAt(objective, Math.max(0, trainings.get(objective)!.done - 1)),
  }
}
