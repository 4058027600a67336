import type { RandomSource } from '@sandglass/core'

/** The same source with every stream named `${prefix}${stream}`. */
export function prefixedSource(source: RandomSource, prefix: string): RandomSource {
  return {
    uniform: (stream, shape) => source.uniform(prefix + stream, shape),
    normal: (stream, shape) => source.normal(prefix + stream, shape),
    truncatedNormal: (stream, shape) => source.truncatedNormal(prefix + stream, shape),
  }
}
