import type { Spec } from '@sandglass/core'

/** A training step to measure, as data: every engine builds the same model from it. */
export interface Workload {
  /** `sparse` */
  readonly name: string
  /** One line for reports. */
  readonly title: string
  readonly batchSizes: readonly number[]
  /** Shape of one input; images of Fashion-MNIST are `[28, 28]`. */
  readonly inputShape: readonly number[]
  /** An autoencoder's spec. Its last layer ends in a sigmoid and its loss is binary cross-entropy. */
  readonly model: Spec & { readonly [option: string]: unknown }
  /** `sgd` or `adam` with the defaults of Keras otherwise. */
  readonly optimizer: {
    readonly type: 'sgd' | 'adam'
    readonly learningRate: number
    readonly epsilon?: number
  }
  /** Matrix products of the forward pass, in order; the first needs no gradient of its input. */
  readonly products: readonly Product[]
}

/** Part of a forward pass, by the layer that makes it. */
export interface Product {
  readonly layer: string
  /** Multiply-adds for one sample. */
  readonly multiplyAdds: number
}

/** A workload at one batch size. */
export interface Task {
  /** `sparse-32` */
  readonly id: string
  readonly workload: Workload
  readonly batch: number
}
