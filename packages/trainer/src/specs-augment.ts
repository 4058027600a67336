import type { SpecsOf } from '@sandglass/core'
import type { optimizers } from './optimizers/index'
import type { schedules } from './schedules/index'

// Tells the compiler what this package adds to core's maps; importing it has no effect at run time.
declare module '@sandglass/core' {
  interface OptimizerSpecs extends SpecsOf<typeof optimizers> {}
  interface ScheduleSpecs extends SpecsOf<typeof schedules> {}
}
