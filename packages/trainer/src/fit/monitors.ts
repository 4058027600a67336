import { SandglassError, type Scalars } from '@sandglass/core'
import { reportedAs } from './history'
import type { Plan } from './plan'

/**
 * Throws `SandglassError` (`spec`) when a callback watches a name that the history will not have. Known after the
 * first update of an objective, as soon as that, so that no epoch is spent in vain.
 */
export function checkMonitors(plan: Plan, objective: string, scalars: Scalars): void {
  const several = plan.model.objectives.length > 1
  const own = [...Object.keys(scalars), 'learningRate'].map((name) => reportedAs(objective, name, several))
  const validated = Object.keys(scalars).map((name) => `val_${reportedAs(objective, name, several)}`)
  const available = [...own, ...(plan.validation ? validated : [])]
  for (const { name, monitors = [] } of plan.callbacks)
    for (const monitor of monitors) {
      // Names of other objectives are checked in their turn.
      if (several && !monitor.replace(/^val_/, '').startsWith(`${objective}_`) && isOfAnother(plan, monitor))
        continue
      if (!available.includes(monitor)) throw unknownMonitor(name, monitor, available, plan)
    }
}

function isOfAnother({ model }: Plan, monitor: string): boolean {
  return model.objectives.some(({ name }) => monitor.replace(/^val_/, '').startsWith(`${name}_`))
}

function unknownMonitor(
  callback: string,
  monitor: string,
  available: string[],
  { validation }: Plan,
): SandglassError {
  const lacksData = !validation && monitor.startsWith('val_')
  return new SandglassError('spec', `${callback}: nothing named "${monitor}" is reported`, {
    got: lacksData ? 'a run without validation data' : undefined,
    expected: `one of ${available.join(', ')}`,
    advice: lacksData ? 'Give fit validation data, or monitor something else.' : undefined,
  })
}
