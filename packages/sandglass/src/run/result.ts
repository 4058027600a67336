import type { HistoryEntry } from '@sandglass/trainer'
import type { Judgement } from './judge'
import type { EarlierTraining } from './warm-start'

/** What a run ends with: the document of `--json`, also kept as `result.json`. */
export interface RunResult {
  /** An entry of every epoch: epoch, loss and its parts, metrics, each with its `val_` companion. */
  readonly history: readonly HistoryEntry[]
  /** How it did by the figure that it is judged by; absent if no epoch reports that. */
  readonly monitor?: Judgement
  readonly backend: { readonly id: string; readonly device: string }
  /** Updates a second, validation left out. */
  readonly stepsPerSecond: number
  readonly seed: number
  readonly paths: { readonly run: string; readonly model: string; readonly report: string }
  /** Which data this really was. */
  readonly data: { readonly provenance: string }
  /** Over the units of all watched layers and the held-out data; only where there are layers whose units can be off. */
  readonly meanActivation?: number
  /** The same layers one by one, with the units that give nothing for any sample. */
  readonly activity?: readonly {
    readonly layer: string
    readonly meanActivation: number
    readonly units: number
    readonly dead: readonly number[]
  }[]
  /** What was trained before, where anything was. */
  readonly warmStart?: readonly EarlierTraining[]
  /** Why the run ended before its last epoch, if it did. */
  readonly stopped?: string
}
