import { earlyStopping } from './early-stopping'
import { terminateOnNan } from './terminate-on-nan'

export type { Callback, CallbackSpec, CallbackSpecs, CallbackState, Run } from './callback'
export { earlyStopping, terminateOnNan }

export const callbacks = [earlyStopping, terminateOnNan] as const
