import type { z } from 'zod'
import { buildChain } from '../chain'
import { specRef } from '../definition'
import type { Layer, LayerSite } from '../layer'
import type { LayerResult } from '../layer-result'
import type { Shape } from '../shape'
import type { Spec } from '../spec'
import type { TensorRecord } from '../tensors'

// Typed loosely: the union of all layer specs cannot be part of what it is made of.
type NestedSpec = Spec | { readonly type: string; readonly [option: string]: unknown } | string

/** An option that is the spec of a layer. */
export const nestedOption = (): z.ZodType<Spec, NestedSpec> => specRef('layer')

/** A layer within a layer, at `${path}/0`. */
export interface Nested {
  readonly layer: Layer
  /** Its weights by the names that they have in the layer around it: `0/kernel`. */
  readonly weights: Layer['weights']
  readonly side: Layer['side']
  apply(input: Parameters<Layer['apply']>[0]): LayerResult
}

/**
 * Builds a layer spec within another layer. `prefix` (`forward`) tells several of them apart. Names of layers inside
 * stay inside.
 */
export function buildNested(spec: unknown, site: LayerSite, inputShape: Shape, prefix?: string): Nested {
  const at = prefix === undefined ? '' : `${prefix}/`
  const path = prefix === undefined ? site.path : `${site.path}/${prefix}`
  const chain = buildChain([spec], {
    registry: site.registry,
    path,
    inputShape,
    earlier: new Map(site.earlier),
    side: site.side,
  })
  const layer = chain.layers[0]!
  const outer = (name: string) => `${at}0/${name}`
  const renamed = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [outer(name), value]))
  return {
    layer,
    weights: renamed(layer.weights),
    side: layer.side,
    apply: (input) => {
      const weights: TensorRecord = Object.fromEntries(
        Object.keys(layer.weights).map((name) => [name, input.weights[outer(name)]!]),
      )
      const result = layer.apply({ ...input, weights })
      return result.updates ? { ...result, updates: renamed(result.updates) } : result
    },
  }
}
