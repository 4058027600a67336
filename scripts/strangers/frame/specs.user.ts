// Compiled, never run: the published types know the specs of every package.
import { dense } from '@sandglass/core'
import { klSparsity, l1 } from '@sandglass/regularizers'
import { adam, sgd } from '@sandglass/trainer'
import { autoencoder } from 'sandglass'

export const sparse = dense({
  units: 3,
  activation: 'selu',
  activityRegularizer: klSparsity({ weight: 0.05 }),
})
export const model = autoencoder({
  encoder: [sparse],
  decoder: [dense({ units: 4, kernelRegularizer: l1() })],
})
export const optimizers = [sgd({ learningRate: 1 }), adam()]
// @ts-expect-error a misspelt option
export const misspelt = dense({ unit: 3 })
// @ts-expect-error an unknown activation
export const unknown = dense({ units: 3, activation: 'seluu' })
