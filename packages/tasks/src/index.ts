import { API_VERSION, definePlugin } from '@sandglass/core'
import { version } from '../package.json'
import { modelDefinitions } from './definitions'

export { classifier } from './classification/classifier'
export { encoderWeights, weightsUnder } from './classification/weights-under'
// Exported so that declarations keep the file that tells the compiler of these types.
export { modelDefinitions } from './definitions'
export { type BinaryCodes, binaryCodes } from './hashing/binary-codes'
export { hammingDistance } from './hashing/hamming-distance'
export {
  createHammingIndex,
  type HammingIndex,
  type HammingMatches,
  type HammingSearch,
} from './hashing/hamming-index'

/** Everything that this package defines. */
export const tasks = definePlugin({
  name: '@sandglass/tasks',
  version,
  apiVersion: API_VERSION,
  definitions: [...modelDefinitions],
})

export default tasks
