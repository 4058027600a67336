// What gradients.ts does, for bundlers: they can import tfjs's own files, and have most of them in the page already.
import '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import { registerMissingGradients } from './ops/missing-gradients'

registerMissingGradients()
