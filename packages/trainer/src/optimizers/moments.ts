import * as tf from '@tensorflow/tfjs-core'

/** a + (x − a)·share: an exponential moving average that gives `share` to the new value. */
export function towards(average: tf.Tensor, value: tf.Tensor, share: number): tf.Tensor {
  return tf.add(average, tf.mul(tf.sub(value, average), share))
}

/** keep·a + (1 − keep)·x: the same average in the form that other rules of Keras compute. */
export function blend(average: tf.Tensor, value: tf.Tensor, keep: number): tf.Tensor {
  return tf.add(tf.mul(average, keep), tf.mul(value, 1 - keep))
}
