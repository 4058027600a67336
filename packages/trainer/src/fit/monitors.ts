import { SandglassError, type Scalars } from '@sandglass/core'
import { reportedAs } from './history'
import type { Plan } from './plan'

/**
 * Throws `SandglassError` (`spec`) when the run is judged by, or a callback or schedule watches, a name that the history
 * will not have, or a control has the name of something else in it. Known after the first update of an objective, and
 * checked then, so that no epoch is spent in vain.
 */
export function checkMonitors(plan: Plan, objective: string, scalars: Scalars): void {
  const several = plan.model.objectives.length > 1
  const own = [...Object.keys(scalars), 'learningRate'].map((name) => reportedAs(objective, name, several))
  const validated = Object.keys(scalars).map((name) => `val_${reportedAs(objective, name, several)}`)
  const controls = Object.keys(plan.controls.specs)
  const taken = controls.find((name) => own.includes(name) || validated.includes(name) || name === 'epoch')
  if (taken !== undefined)
    throw new SandglassError('spec', `the control "${taken}" has the name of something that is reported`, {
      expected: `a name that is none of epoch, ${own.join(', ')}`,
    })
  const available = [...own, ...(plan.validation ? validated : []), ...controls]
  const isOfAnother = (monitor: string) =>
    Object.keys(plan.optimizers).some(
      (other) => other !== objective && monitor.replace(/^val_/, '').startsWith(`${other}_`),
    )
  for (const { name, monitors } of watchersOf(plan, objective))
    for (const monitor of monitors) {
      // Names of other objectives are checked in their turn.
      if (available.includes(monitor) || (several && isOfAnother(monitor))) continue
      throw unknownMonitor(name, monitor, available, plan)
    }
}

/** Who watches what, by name: the run itself, callbacks, and the schedule of this objective. */
function watchersOf(plan: Plan, objective: string): { name: string; monitors: readonly string[] }[] {
  const { callbacks, schedules, optimizers, monitor, validation } = plan
  const rate = optimizers[objective]?.learningRate
  const schedule = schedules[objective]?.monitors?.(monitor.name) ?? []
  // By default a run is judged by validation data, which it need not have.
  const judged = validation || !monitor.name.startsWith('val_') ? [monitor.name] : []
  return [
    { name: 'monitor', monitors: judged },
    ...plan.controls.monitors(monitor.name),
    ...callbacks.map(({ name, monitors }) => ({ name, monitors: monitors?.(monitor.name) ?? [] })),
    ...(typeof rate === 'object' ? [{ name: rate.type, monitors: schedule }] : []),
  ]
}

function unknownMonitor(
  watcher: string,
  monitor: string,
  available: string[],
  { validation }: Plan,
): SandglassError {
  const lacksData = !validation && monitor.startsWith('val_')
  return new SandglassError('spec', `${watcher}: nothing named "${monitor}" is reported`, {
    got: lacksData ? 'a run without validation data' : undefined,
    expected: `one of ${available.join(', ')}`,
    advice: lacksData ? 'Give fit validation data, or monitor something else.' : undefined,
  })
}
