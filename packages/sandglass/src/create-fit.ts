import {
  type AnyDataset,
  type Dataset,
  describeValue,
  type HowToAdd,
  type Model,
  type ModelFile,
  type ModelSpec,
  type Plugin,
  type Registry,
  SandglassError,
  type Splits,
  type TrainedModel,
} from '@sandglass/core'
import {
  type FitRun,
  fitGreedy as fitGreedyWith,
  fit as fitWith,
  type GreedyRun,
  openModel,
  type GreedyOptions as TrainerGreedyOptions,
  type FitOptions as TrainerOptions,
} from '@sandglass/trainer'

export interface RegistryOptions {
  /** Plugins beside those of Sandglass. */
  readonly plugins?: readonly Plugin[]
  /** In place of the default one; `plugins` are then left aside. */
  readonly registry?: Registry
}

export type FitOptions = Omit<TrainerOptions, 'registry'> & RegistryOptions

export type GreedyOptions = Omit<TrainerGreedyOptions, 'registry'> & RegistryOptions

export interface OpenOptions extends Pick<TrainerOptions, 'backend' | 'onBackend'> {
  readonly metrics?: TrainerOptions['metrics']
  readonly seed?: number
}

/** How plugins are added where there is no call of `createRegistry`. */
export const inTheOptions: HowToAdd = (what) =>
  `Add ${what} to the option plugins: fit(model, data, { plugins: [...] }).`

/** Ours and those of the user. Throws `SandglassError` (`plugin`) unless these come as a list. */
export function withPlugins(own: readonly Plugin[], plugins: readonly Plugin[]): Plugin[] {
  if (Array.isArray(plugins)) return [...own, ...plugins]
  throw new SandglassError('plugin', 'the option plugins is not a list', {
    got: describeValue(plugins),
    expected: '[plugin, …]',
  })
}

/** `fit`, `fitGreedy` and `open` over the registry of an environment. */
export function createFit(defaultRegistry: (options: { plugins?: readonly Plugin[] }) => Registry) {
  function settled<Options extends RegistryOptions>(what: string, expected: string, options: Options) {
    if (typeof options !== 'object' || options === null)
      throw new SandglassError('spec', `${what} needs options`, { got: String(options), expected })
    const { plugins, registry = defaultRegistry({ plugins }), ...rest } = options
    return { ...rest, registry }
  }

  return {
    /**
     * Trains a model: as `fit` of `@sandglass/trainer`, with the default registry and, unless told otherwise, the
     * fastest backend that can run it.
     */
    fit(model: ModelSpec | Model, data: Splits<AnyDataset> | AnyDataset, options: FitOptions): FitRun {
      return fitWith(model, data, settled('fit', 'an object like { optimizer, epochs }', options))
    },

    /** Trains an autoencoder one stage at a time: as `fitGreedy` of `@sandglass/trainer`, as `fit` does here. */
    fitGreedy(model: ModelSpec, data: Splits | Dataset, options: GreedyOptions): GreedyRun {
      return fitGreedyWith(model, data, settled('fitGreedy', 'an object like { optimizer, epochs }', options))
    },

    /** A trained model, as it comes out of a model file, on a backend; attachments and extras stay with it. */
    open(file: ModelFile, options: OpenOptions = {}): Promise<TrainedModel> {
      return openModel(file, options)
    },
  }
}
