// Side effect: registers tfjs's gradients, which @tensorflow/tfjs-core alone leaves out under Node.
import '@tensorflow/tfjs-core/dist/register_all_gradients'

export {}
