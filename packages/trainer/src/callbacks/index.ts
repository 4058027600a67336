import { activity } from './activity'
import { earlyStopping } from './early-stopping'
import { terminateOnNan } from './terminate-on-nan'

export { type ActivityRecord, activityRecords } from './activity'
export type { Callback, CallbackSpec, CallbackSpecs, CallbackState, Run } from './callback'
export { activity, earlyStopping, terminateOnNan }

export const callbacks = [activity, earlyStopping, terminateOnNan] as const
