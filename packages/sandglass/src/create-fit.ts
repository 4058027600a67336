import {
  type AnyDataset,
  type Backend,
  type Dataset,
  describeValue,
  type HowToAdd,
  type Model,
  type ModelFile,
  type ModelSpec,
  type Plugin,
  type Registry,
  SandglassError,
  type Spec,
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
import { autoBackend, type BackendChoice } from './auto-backend'

export interface BackendOptions {
  /** Plugins beside those of Sandglass. */
  readonly plugins?: readonly Plugin[]
  /** In place of the default one; `plugins` are then left aside. */
  readonly registry?: Registry
  /** Where the model runs: a name or spec, a backend, or `auto` for the fastest that can run it. Default `auto`. */
  readonly backend?: Backend | Spec | string
  /** Told which backend `auto` took, and why. */
  readonly onBackend?: (choice: BackendChoice) => void
}

export type FitOptions = Omit<TrainerOptions, 'backend' | 'registry'> & BackendOptions

export type GreedyOptions = Omit<TrainerGreedyOptions, 'backend' | 'registry'> & BackendOptions

export interface OpenOptions extends Omit<BackendOptions, 'plugins' | 'registry'> {
  readonly metrics?: TrainerOptions['metrics']
  readonly seed?: number
}

/** The backend that an option means. Throws `SandglassError` (`spec`) when there is none of that name. */
export function backendOf(
  option: BackendOptions['backend'],
  registry: Registry,
  onChoice?: BackendOptions['onBackend'],
): Backend {
  if (option === undefined || option === 'auto') return autoBackend(registry, { onChoice })
  if (typeof option === 'object' && 'open' in option) return option
  return registry.build('backend', option as Spec)
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
  function settled<Options extends BackendOptions>(what: string, expected: string, options: Options) {
    if (typeof options !== 'object' || options === null)
      throw new SandglassError('spec', `${what} needs options`, { got: String(options), expected })
    const { plugins, registry = defaultRegistry({ plugins }), backend, onBackend, ...rest } = options
    return { ...rest, registry, backend: backendOf(backend, registry, onBackend) }
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
      const { backend, onBackend, ...rest } = options
      return openModel(file, { ...rest, backend: backendOf(backend, file.model.registry, onBackend) })
    },
  }
}
