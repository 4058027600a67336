import { compiler } from '@sandglass/compiler'
import { core, createRegistry, type Model, type Registry } from '@sandglass/core'
import { regularizers } from '@sandglass/regularizers'
import { trainer } from '@sandglass/trainer'
import type { Workload } from './workload'

export function benchRegistry(): Registry {
  return createRegistry([core, regularizers, trainer, compiler])
}

export function buildModel(registry: Registry, { model, inputShape }: Workload): Model {
  return registry.build('model', model, { registry, fields: { input: inputShape } })
}

export const SEED = 42
