import type { CompiledGraph } from './compiled-graph'

/** Graphs kept per session: for batches of other sizes, objectives, functions. */
const KEPT = 16

/** Compiled graphs by key; the least recently used is released when there are too many. */
export interface GraphCache {
  /** The graph of this key, made at the first use. A failure is not kept. */
  get(key: string, make: () => Promise<CompiledGraph>): Promise<CompiledGraph>
  /** Releases all. */
  clear(): Promise<void>
}

/** `beforeRelease` is awaited before any graph goes that may have made what is still in use. */
export function createGraphCache(
  beforeRelease: () => Promise<void> = async () => undefined,
  kept = KEPT,
): GraphCache {
  const graphs = new Map<string, Promise<CompiledGraph>>()
  return {
    get: async (key, make) => {
      const graph = graphs.get(key) ?? make()
      graphs.delete(key)
      graphs.set(key, graph)
      graph.catch(() => {
        if (graphs.get(key) === graph) graphs.delete(key)
      })
      if (graphs.size > kept) {
        const [oldest, stale] = graphs.entries().next().value!
        graphs.delete(oldest)
        await beforeRelease()
        await release(stale)
      }
      return graph
    },
    clear: async () => {
      const all = [...graphs.values()]
      graphs.clear()
      await Promise.all(all.map(release))
    },
  }
}

/** A graph that was never made, or is already gone, is released. */
function release(graph: Promise<CompiledGraph>): Promise<void> {
  return graph.then((g) => g.release()).catch(() => undefined)
}
