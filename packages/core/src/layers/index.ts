import type { SpecsOf } from '../definition'
import { activation } from './activation'
import { activityRegularization } from './activity-regularization'
import { averagePooling1d } from './average-pooling1d'
import { averagePooling2d } from './average-pooling2d'
import { batchNormalization } from './batch-normalization'
import { bidirectional } from './bidirectional'
import { conv1d } from './conv1d'
import { conv1dTranspose } from './conv1d-transpose'
import { conv2d } from './conv2d'
import { conv2dTranspose } from './conv2d-transpose'
import { cropping2d } from './cropping2d'
import { dense } from './dense'
import { depthwiseConv2d } from './depthwise-conv2d'
import { dropout } from './dropout'
import { flatten } from './flatten'
import { gaussianNoise } from './gaussian-noise'
import { globalAveragePooling2d } from './global-average-pooling2d'
import { globalMaxPooling2d } from './global-max-pooling2d'
import { gru } from './gru'
import { layerNormalization } from './layer-normalization'
import { lstm } from './lstm'
import { masking } from './masking'
import { maxPooling1d } from './max-pooling1d'
import { maxPooling2d } from './max-pooling2d'
import { repeatVector } from './repeat-vector'
import { reshape } from './reshape'
import { separableConv2d } from './separable-conv2d'
import { simpleRnn } from './simple-rnn'
import { timeDistributed } from './time-distributed'
import { upSampling1d } from './up-sampling1d'
import { upSampling2d } from './up-sampling2d'
import { zeroPadding2d } from './zero-padding2d'

export {
  activation,
  activityRegularization,
  averagePooling1d,
  averagePooling2d,
  batchNormalization,
  bidirectional,
  conv1d,
  conv1dTranspose,
  conv2d,
  conv2dTranspose,
  cropping2d,
  dense,
  depthwiseConv2d,
  dropout,
  flatten,
  gaussianNoise,
  globalAveragePooling2d,
  globalMaxPooling2d,
  gru,
  layerNormalization,
  lstm,
  masking,
  maxPooling1d,
  maxPooling2d,
  repeatVector,
  reshape,
  separableConv2d,
  simpleRnn,
  timeDistributed,
  upSampling1d,
  upSampling2d,
  zeroPadding2d,
}

export const layers = [
  activation,
  activityRegularization,
  averagePooling1d,
  averagePooling2d,
  batchNormalization,
  bidirectional,
  conv1d,
  conv1dTranspose,
  conv2d,
  conv2dTranspose,
  cropping2d,
  dense,
  depthwiseConv2d,
  dropout,
  flatten,
  gaussianNoise,
  globalAveragePooling2d,
  globalMaxPooling2d,
  gru,
  layerNormalization,
  lstm,
  masking,
  maxPooling1d,
  maxPooling2d,
  repeatVector,
  reshape,
  separableConv2d,
  simpleRnn,
  timeDistributed,
  upSampling1d,
  upSampling2d,
  zeroPadding2d,
] as const

declare module '../specs' {
  interface LayerSpecs extends SpecsOf<typeof layers> {}
}
