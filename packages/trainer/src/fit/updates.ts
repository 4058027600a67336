import type { Batch } from '@sandglass/core'
import type { StepEvent } from './events'
import { hookOf } from './hooks'
import { type LearningRates, learningRates } from './learning-rates'
import type { Loop } from './loop-parts'
import { createMeans, type Means } from './means'
import { checkMonitors } from './monitors'
import type { Progress } from './progress'

/** The update that will follow, where it is known. */
export interface Following {
  readonly objective: string
  readonly batch: Batch
}

/** The updates of a run, one by one. */
export interface Updates {
  /** How many this process has done. */
  readonly count: number
  readonly rates: LearningRates
  /** Reads the learning rates anew, once the length of the run is another. */
  retime(): void
  /** One of the `turns` that objectives have on this batch; moves the position on, and tells who wants to know. */
  next(objective: string, batch: Batch, turns: number, following?: Following): Promise<void>
}

export function createUpdates({ plan, session, progress, run, channel }: Loop): Updates {
  const { position } = progress
  const onStep = hookOf(plan.callbacks, 'onStep')
  const onSettled = hookOf(plan.callbacks, 'onSettled')
  const checked = new Set<string>()
  let rates = learningRates(plan, progress)
  let count = 0
  return {
    get count() {
      return count
    },
    get rates() {
      return rates
    },
    retime: () => {
      rates = learningRates(plan, progress)
    },
    next: async (objective, batch, turns, following) => {
      const learningRate = rates.next(objective)
      const { epoch, batch: index, step } = position
      const { controls } = progress
      const next = following && { ...following, step: step + 1 }
      const scalars = await session.step({ objective, batch, step, learningRate, controls, next })
      count++
      meansOf(progress, objective).add(scalars, batch.size)
      position.step++
      if (++position.turn >= turns) {
        position.turn = 0
        position.batch++
      }
      if (!checked.has(objective)) {
        checked.add(objective)
        checkMonitors(plan, objective, scalars)
      }
      if (!channel.open && !onStep.used && !onSettled.used) return
      const event: StepEvent = {
        type: 'step',
        epoch: epoch + 1,
        batch: index + 1,
        step: position.step,
        objective,
        scalars,
        learningRate,
        controls,
      }
      channel.send(event)
      const pending = onStep.call(event, run)
      if (pending) await pending
      const settling = onSettled.call(event, run)
      if (settling) await settling
    },
  }
}

function meansOf({ means }: Progress, objective: string): Means {
  const found = means.get(objective) ?? createMeans()
  means.set(objective, found)
  return found
}
