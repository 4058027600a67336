import type { SpecsOf } from '@sandglass/core'
import { activity } from './activity'
import { earlyStopping } from './early-stopping'
import { terminateOnNan } from './terminate-on-nan'

export { type ActivityRecord, activityRecords } from './activity'
export type { Callback, CallbackSpec, CallbackSpecs, Run } from './callback'
export { improves } from './monitor'
export { activity, earlyStopping, terminateOnNan }

export const callbacks = [activity, earlyStopping, terminateOnNan] as const

declare module './callback' {
  interface CallbackSpecs extends SpecsOf<typeof callbacks> {}
}
