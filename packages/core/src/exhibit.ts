import type { Backend } from './backend'
import type { Dataset } from './dataset'
import type { ExhibitData } from './exhibit-data'
import type { Anywhere } from './kinds'
import type { Json } from './spec'
import type { HostRecord } from './tensors'
import type { TrainedModel } from './trained-model'

/** Something to look at, with the words that go with it. */
export interface Exhibit {
  /** Of its section and of its file: `latent space` is `latent-space.png`. */
  readonly name: string
  /** What it shows and how to read it, in a sentence or two. */
  readonly caption: string
  /** What is drawn. Who shows the exhibit decides how. */
  readonly data: ExhibitData
}

/** What there is to show of a run. */
export interface ExhibitInput {
  readonly trained: TrainedModel
  /** Where more functions of the model can be run. */
  readonly backend: Backend
  /** Held-out data if there is some. */
  readonly dataset: Dataset
  /** `validation` or `training`. */
  readonly part: string
  /** Decides what is drawn and damaged. */
  readonly seed: number
  /** Epoch by epoch. */
  readonly history?: readonly Readonly<Record<string, number | null>>[]
  /** What callbacks kept at the end of the run, by name. */
  readonly states?: Readonly<Record<string, { readonly json: Json; readonly tensors?: HostRecord }>>
  /** Work that several exhibits need is done once: by the first that asks for it under this name. */
  shared<T>(name: string, make: () => Promise<T>): Promise<T>
}

/** Makes exhibits of a trained model: none where it has nothing to show of this model and data. */
export type ExhibitMaker = (input: ExhibitInput) => Promise<readonly Exhibit[]>

declare module './kinds' {
  interface Kinds {
    exhibit: { built: ExhibitMaker; site: Anywhere }
  }
}
