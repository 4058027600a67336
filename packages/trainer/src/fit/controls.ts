import {
  type Controls,
  checkControls,
  type Model,
  type Registry,
  SandglassError,
  type ScheduleProgress,
  type ScheduleSpec,
  type Spec,
} from '@sandglass/core'
import { scheduled } from '../schedules/scheduled'

/** What the controls of a run do. */
export interface ControlPlan {
  /** What each follows, in the order of the model's declaration. */
  readonly specs: Readonly<Record<string, number | Spec>>
  /**
   * Their values at some point of the run. Throws `SandglassError` (`numeric`) when a schedule gives one that is not
   * finite.
   */
  at(progress: ScheduleProgress): Controls
  /** Names of the history that each reads, told the figure by which the run is judged. */
  monitors(monitored: string): readonly { readonly name: string; readonly monitors: readonly string[] }[]
}

/**
 * The controls that a model declares, where `overrides` does not say otherwise. Throws `SandglassError` (`spec`) on
 * names that the model does not declare and on malformed schedules.
 */
export function planControls(
  { controls: declared = {} }: Pick<Model, 'controls'>,
  overrides: Readonly<Record<string, number | ScheduleSpec>> = {},
  registry: Registry,
): ControlPlan {
  checkControls(declared, overrides)
  const specs = Object.fromEntries(
    Object.entries({ ...declared, ...overrides }).map(([name, source]) => [
      name,
      typeof source === 'number' ? source : registry.parse('schedule', source, `controls.${name}`),
    ]),
  )
  const schedules = Object.entries(specs).map(([name, spec]) => [name, scheduled(spec, registry)] as const)
  return {
    specs,
    monitors: (monitored) =>
      schedules.map(([name, schedule]) => ({ name, monitors: schedule.monitors?.(monitored) ?? [] })),
    at: (progress) => {
      const values: Record<string, number> = {}
      for (const [name, schedule] of schedules) {
        const value = schedule(progress)
        if (!Number.isFinite(Math.fround(value)))
          throw new SandglassError(
            'numeric',
            `the control "${name}" has no usable value at step ${progress.step}`,
            {
              got: String(value),
              expected: 'a finite number, also in float32',
            },
          )
        values[name] = value
      }
      return values
    },
  }
}

/** What the controls of a model are before any training. */
export function initialControls(model: Model): Controls {
  const start = {
    step: 0,
    epoch: 0,
    stepsPerEpoch: 1,
    totalSteps: 1,
    history: [],
    monitor: { name: 'val_loss', mode: 'min' },
  } as const
  return planControls(model, {}, model.registry).at(start)
}
