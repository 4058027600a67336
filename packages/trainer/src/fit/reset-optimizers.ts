import { initialSlots, objectiveOf, type Session } from '@sandglass/core'
import type { Plan } from './plan'

/** Lets the optimizers of these objectives begin anew: slots, averages of weights, count of updates. */
export async function resetOptimizers(
  session: Session,
  { model, optimizers }: Plan,
  objectives: readonly string[],
): Promise<void> {
  const { weights } = await session.state()
  const trained = objectives.filter((name) => Object.hasOwn(optimizers, name))
  const slotsOf = (name: string) => initialSlots(model, objectiveOf(model, name), optimizers[name]!, weights)
  await session.restore({
    slots: Object.fromEntries(trained.map((name) => [name, slotsOf(name)])),
    iterations: Object.fromEntries(trained.map((name) => [name, 0])),
  })
}
