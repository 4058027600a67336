export { writeFileAtomic } from './atomic-write'
export { loadModel, saveModel } from './model-file'
export { readWholeFile } from './read-file'
export { within } from './within'
