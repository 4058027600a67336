import type { SpecsOf } from '@sandglass/core'
import type { optimizers } from './optimizers/index'
import type { schedules } from './schedules/index'
import type { Schedule, ScheduleSite } from './schedules/schedule'

// Tells the compiler what this package adds to core's maps; importing it has no effect at run time.
declare module '@sandglass/core' {
  interface Kinds {
    schedule: { built: Schedule; site: ScheduleSite }
  }
  interface OptimizerSpecs extends SpecsOf<typeof optimizers> {}
  interface ScheduleSpecs extends SpecsOf<typeof schedules> {}
}
