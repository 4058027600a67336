import type { AveragedWeights, EngineState, HostRecord } from '@sandglass/core'
import type { Downloader } from './download'
import type { Runtime, RuntimeTensor } from './runtime'
import type { RuntimeOptions } from './runtime-options'
import { createStateCell, type StateCell } from './state-cell'
import { WEIGHT } from './step-graph'

export type Cells = ReadonlyMap<string, StateCell>

/** The weights and slots of a session, where the runtime keeps them. */
export interface CompiledState {
  readonly weights: Cells
  /** Of an objective that is trained. */
  slotsOf(objective: string): Cells
  /** Weights to evaluate with, by the inputs of a graph. */
  visible(averages: AveragedWeights): Record<string, RuntimeTensor>
  read(): Promise<EngineState>
  write(state: Partial<EngineState>): void
  /** A device's buffers belong to the graph that made them, and go with it: copies of all, on the host. */
  toHost(): Promise<void>
  dispose(): void
}

export function createCompiledState(
  runtime: Runtime,
  options: RuntimeOptions,
  initial: EngineState,
  downloader: Downloader,
): CompiledState {
  const weights = cellsOf(initial.weights)
  const slots = new Map(Object.entries(initial.slots).map(([name, own]) => [name, cellsOf(own)]))

  function cellsOf(values: HostRecord): Cells {
    return new Map(
      Object.entries(values).map(([name, { shape, data }]) => {
        const cell = createStateCell(runtime, shape, options)
        cell.write(data)
        return [name, cell]
      }),
    )
  }

  async function readCells(cells: Cells): Promise<HostRecord> {
    const tensors = Object.fromEntries([...cells].map(([name, cell]) => [name, cell.current()]))
    const data = await downloader.read(tensors)
    return Object.fromEntries(
      [...cells].map(([name, { shape }]) => [name, { shape: [...shape], data: data[name]! }]),
    )
  }

  return {
    weights,
    slotsOf: (objective) => slots.get(objective)!,
    visible: (averages) => {
      const feeds: Record<string, RuntimeTensor> = {}
      for (const [name, cell] of weights) {
        const average = averages.get(name)
        const used = average ? slots.get(average.objective)!.get(average.slot)! : cell
        feeds[WEIGHT + name] = used.current()
      }
      return feeds
    },
    read: async () => {
      const read: [string, HostRecord][] = []
      for (const [name, own] of slots) read.push([name, await readCells(own)])
      return { weights: await readCells(weights), slots: Object.fromEntries(read) }
    },
    write: (state) => {
      writeCells(weights, state.weights ?? {})
      for (const [name, own] of Object.entries(state.slots ?? {})) writeCells(slots.get(name)!, own)
    },
    toHost: async () => {
      for (const cells of [weights, ...slots.values()]) writeCells(cells, await readCells(cells))
    },
    dispose: () => {
      for (const cells of [weights, ...slots.values()]) for (const cell of cells.values()) cell.dispose()
    },
  }
}

function writeCells(cells: Cells, values: HostRecord): void {
  for (const [name, { data }] of Object.entries(values)) cells.get(name)!.write(data)
}
