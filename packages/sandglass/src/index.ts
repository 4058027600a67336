// For browsers and other places without Node: datasets come over https, models as bytes.
import { compiler } from '@sandglass/compiler'
import { core, createRegistry, type Plugin, type Registry } from '@sandglass/core'
import { datasets, webDatasets } from '@sandglass/datasets'
import { regularizers } from '@sandglass/regularizers'
import { tasks } from '@sandglass/tasks'
import { trainer } from '@sandglass/trainer'
import { createFit, inTheOptions, withPlugins } from './create-fit'

export { cifar10, fashionMnist, mnist } from '@sandglass/datasets'
export * from './common'

/** A registry of everything in Sandglass that runs in a browser, and of `plugins`. */
export function defaultRegistry({ plugins = [] }: { plugins?: readonly Plugin[] } = {}): Registry {
  const own = [core, regularizers, tasks, datasets, webDatasets(), trainer, compiler]
  return createRegistry(withPlugins(own, plugins), { howToAdd: inTheOptions })
}

export const { fit, fitGreedy, open } = createFit(defaultRegistry)
