import type { AnyDataset, Backend, TrainedModel } from '@sandglass/core'
import { openModel } from '../model/trained-model'
import { withFunctions } from '../model/with-functions'
import { activityFunction } from './activity-function'
import { type LayerChoice, observedLayers } from './activity-layers'
import { type LayerActivity, measure } from './activity-sums'

export interface UnitActivityOptions {
  /** Default: the layers on whose activity there is a penalty, or else the code. */
  readonly layers?: LayerChoice
  /**
   * Mean magnitude up to which a unit counts as dead. Default 0 (a rectified unit is dead when it is never on), and
   * 0.001 after sigmoids and others that are never quite zero.
   */
  readonly threshold?: number
  /** Samples that the backend is given at a time. Default 500. */
  readonly batchSize?: number
  /** Default: the one that the model is on, which must then be in its registry. */
  readonly backend?: Backend | string
}

const FUNCTION = 'activity'

/**
 * How active the units of some layers of a trained model are over a dataset, and which of them are dead. Empty when the
 * model has no such layers. The units are those of the last axis: the filters of a convolution, the units of a dense
 * layer.
 *
 *     const [code] = await unitActivity(run.model, data.test)
 *     console.log(`dead units: ${code.dead.length} of ${code.means.length} in ${code.path}`)
 *
 * Throws `SandglassError`: `spec` on layers that the model does not have, `data` when the dataset lacks a field.
 */
export async function unitActivity(
  trained: TrainedModel,
  dataset: AnyDataset,
  { layers: choice, threshold, batchSize = 500, backend = trained.backend.id }: UnitActivityOptions = {},
): Promise<LayerActivity[]> {
  const { model } = trained
  const layers = observedLayers(model, choice)
  if (!layers.length) return []
  const functions = { [FUNCTION]: activityFunction(model, layers) }
  const probe = withFunctions({ ...model, objectives: [] }, functions)
  const opened = await openModel({ model: probe, weights: await trained.weights() }, { backend })
  try {
    return await measure(functions[FUNCTION]!, layers, {
      dataset,
      batchSize,
      threshold,
      run: (inputs) => opened.run(FUNCTION, inputs, { batchSize }),
    })
  } finally {
    opened.dispose()
  }
}
