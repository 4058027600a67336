import { API_VERSION, definePlugin } from '@sandglass/core'
import { version } from '../package.json'
import { corruptionDefinitions, mappingRegularizerDefinitions, regularizerDefinitions } from './definitions'

// Exported so that declarations keep the file that tells the compiler of these types.
export { contractive } from './contractive'
export { corruptionDefinitions, mappingRegularizerDefinitions, regularizerDefinitions } from './definitions'
export { dropout } from './dropout'
export { gaussianNoise } from './gaussian-noise'
export { klSparsity } from './kl-sparsity'
export { l1 } from './l1'
export { l1l2 } from './l1l2'
export { l2 } from './l2'
export { masking } from './masking'
export { saltAndPepper } from './salt-and-pepper'

/** Everything that this package defines. */
export const regularizers = definePlugin({
  name: '@sandglass/regularizers',
  version,
  apiVersion: API_VERSION,
  definitions: [...regularizerDefinitions, ...mappingRegularizerDefinitions, ...corruptionDefinitions],
})

export default regularizers
