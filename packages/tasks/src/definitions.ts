import type { SpecsOf } from '@sandglass/core'
import { classifier } from './classification/classifier'

export const modelDefinitions = [classifier] as const

declare module '@sandglass/core' {
  interface ModelSpecs extends SpecsOf<typeof modelDefinitions> {}
}
