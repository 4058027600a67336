import type { SpecsOf } from '../definition'
import { celu } from './celu'
import { elu } from './elu'
import { exponential } from './exponential'
import { gelu } from './gelu'
import { hardShrink } from './hard-shrink'
import { hardSigmoid } from './hard-sigmoid'
import { hardSilu } from './hard-silu'
import { hardTanh } from './hard-tanh'
import { leakyRelu } from './leaky-relu'
import { linear } from './linear'
import { logSigmoid } from './log-sigmoid'
import { logSoftmax } from './log-softmax'
import { mish } from './mish'
import { relu } from './relu'
import { relu6 } from './relu6'
import { selu } from './selu'
import { sigmoid } from './sigmoid'
import { silu } from './silu'
import { softShrink } from './soft-shrink'
import { softmax } from './softmax'
import { softplus } from './softplus'
import { softsign } from './softsign'
import { sparsePlus } from './sparse-plus'
import { sparseSigmoid } from './sparse-sigmoid'
import { sparsemax } from './sparsemax'
import { squareplus } from './squareplus'
import { tanh } from './tanh'
import { tanhShrink } from './tanh-shrink'
import { threshold } from './threshold'

// The plain functions, with derivatives right to any order, for losses, penalties and priors.
export { absOf } from './absolute'
export { atLeast, clipOf } from './clip'
export { elementwise, type Unary, withGradient } from './differentiable'
export { eluOf } from './elu'
export { expOf } from './exponential'
export { normalCdfOf } from './gelu'
export { logSigmoidOf } from './log-sigmoid'
export { logSoftmaxOf } from './log-softmax'
export { seluOf } from './selu'
export { sigmoidOf } from './sigmoid'
export { softmaxOf } from './softmax'
export { softplusOf } from './softplus'
export { tanhOf } from './tanh'
export {
  celu,
  elu,
  exponential,
  gelu,
  hardShrink,
  hardSigmoid,
  hardSilu,
  hardTanh,
  leakyRelu,
  linear,
  logSigmoid,
  logSoftmax,
  mish,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  softShrink,
  softsign,
  sparsemax,
  sparsePlus,
  sparseSigmoid,
  squareplus,
  tanh,
  tanhShrink,
  threshold,
}

export const activations = [
  celu,
  elu,
  exponential,
  gelu,
  hardShrink,
  hardSigmoid,
  hardSilu,
  hardTanh,
  leakyRelu,
  linear,
  logSigmoid,
  logSoftmax,
  mish,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softShrink,
  softmax,
  softplus,
  softsign,
  sparsePlus,
  sparseSigmoid,
  sparsemax,
  squareplus,
  tanhShrink,
  tanh,
  threshold,
] as const

declare module '../specs' {
  interface ActivationSpecs extends SpecsOf<typeof activations> {}
}
