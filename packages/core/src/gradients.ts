// Side effect: registers tfjs's gradients, which @tensorflow/tfjs-core alone leaves out under Node, and those that tfjs
// lacks altogether. tfjs-core itself comes first: whichever is loaded first makes the engine, and the tensors of an
// engine made by these files lack the methods (`clone`) that some gradients call.
import '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-core/dist/register_all_gradients'
import { registerMissingGradients } from './ops/missing-gradients'

registerMissingGradients()
