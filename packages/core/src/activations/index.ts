import { linear } from './linear'
import { selu } from './selu'
import { sigmoid } from './sigmoid'

export { linear, selu, sigmoid }

export const activations = [linear, selu, sigmoid] as const
