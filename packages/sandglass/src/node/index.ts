// For Node: as the entry for browsers, with files, native backends and the compiled one.
import { compiler } from '@sandglass/compiler'
import { core, createRegistry, type HowToAdd, type Plugin, type Registry } from '@sandglass/core'
import { datasets } from '@sandglass/datasets'
import { nodeDatasets } from '@sandglass/datasets/node'
import { regularizers } from '@sandglass/regularizers'
import { tasks } from '@sandglass/tasks'
import { trainer } from '@sandglass/trainer'
import { trainerNode } from '@sandglass/trainer/node'
import { createFit, inTheOptions, withPlugins } from '../create-fit'
import { presetPlugin } from '../presets/preset-plugin'
import { exhibitPlugin } from '../report/index'

export { loadModel, saveModel } from '@sandglass/core/node'
export { cifar10, fashionMnist, mnist, readCsv, readTable } from '@sandglass/datasets/node'
export {
  csvLog,
  jsonlLog,
  loadCheckpoint,
  modelCheckpoint,
  saveCheckpoint,
  tensorBoard,
} from '@sandglass/trainer/node'
export * from '../common'

/** A registry of everything in Sandglass, and of `plugins`. */
export function defaultRegistry({
  plugins = [],
  datasetPlugin = nodeDatasets,
  howToAdd = inTheOptions,
}: {
  plugins?: readonly Plugin[]
  /** In place of `nodeDatasets`, say one that shows its progress. */
  datasetPlugin?: Plugin
  /** Advice in errors about what is missing. */
  howToAdd?: HowToAdd
} = {}): Registry {
  const own = [
    core,
    regularizers,
    tasks,
    datasets,
    datasetPlugin,
    trainer,
    trainerNode,
    compiler,
    exhibitPlugin,
    presetPlugin,
  ]
  return createRegistry(withPlugins(own, plugins), { howToAdd })
}

export const { fit, fitGreedy, open } = createFit(defaultRegistry)
