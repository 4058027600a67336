import type { SpecsOf } from '@sandglass/core'
import { contractive } from './contractive'
import { dropout } from './dropout'
import { gaussianNoise } from './gaussian-noise'
import { klSparsity } from './kl-sparsity'
import { l1 } from './l1'
import { l1l2 } from './l1l2'
import { l2 } from './l2'
import { masking } from './masking'
import { saltAndPepper } from './salt-and-pepper'

export const regularizerDefinitions = [klSparsity, l1, l1l2, l2] as const
export const mappingRegularizerDefinitions = [contractive] as const
export const corruptionDefinitions = [dropout, gaussianNoise, masking, saltAndPepper] as const

declare module '@sandglass/core' {
  interface RegularizerSpecs extends SpecsOf<typeof regularizerDefinitions> {}
  interface MappingRegularizerSpecs extends SpecsOf<typeof mappingRegularizerDefinitions> {}
  interface CorruptionSpecs extends SpecsOf<typeof corruptionDefinitions> {}
}
