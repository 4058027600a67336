import type { SpecsOf } from '../definition'
import { autoencoder } from './autoencoder'

export { autoencoder }

export const models = [autoencoder] as const

declare module '../specs' {
  interface ModelSpecs extends SpecsOf<typeof models> {}
}
