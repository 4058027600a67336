import { activation } from './activation'
import { activityRegularization } from './activity-regularization'
import { batchNormalization } from './batch-normalization'
import { dense } from './dense'
import { dropout } from './dropout'
import { flatten } from './flatten'
import { gaussianNoise } from './gaussian-noise'
import { reshape } from './reshape'

export {
  activation,
  activityRegularization,
  batchNormalization,
  dense,
  dropout,
  flatten,
  gaussianNoise,
  reshape,
}

export const layers = [
  activation,
  activityRegularization,
  batchNormalization,
  dense,
  dropout,
  flatten,
  gaussianNoise,
  reshape,
] as const
