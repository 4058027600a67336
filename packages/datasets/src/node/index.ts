// Everything of the package, with the loaders that look on disk in place of those for browsers.
export * from '../index'
export { cifar10 } from './cifar10'
export { fashionMnist, mnist } from './fashion-mnist'
export { createNodeDatasets, nodeDatasets } from './plugin'
export { type ReadCsvOptions, readCsv } from './read-csv'
export { readTable } from './read-table'
export { DATA_DIR_VARIABLE, defaultCacheDir, type NodeSourceOptions, nodeSources } from './sources'
