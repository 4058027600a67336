import type { Model } from '@sandglass/core'
import {
  activityRecords,
  type Checkpoint,
  type LayerActivity,
  observedLayers,
  switchesOff,
  unitActivity,
} from '@sandglass/trainer'
import type { Exhibit } from '../../report/report'
import { applyTo } from '../apply'
import { range } from '../gather'
import { activityByEpoch, activityExhibit } from './activity'
import { codeBits, hashes } from './code-bits'
import { damageOf } from './damage'
import { denoised } from './denoised'
import type { ExhibitInput } from './exhibit-input'
import { firstLayer } from './filters'
import { inputKind, seenShape } from './input-kind'
import { codeCount, latentSpace } from './latent-space'
import { reconstructions } from './reconstructions'
import { sequences } from './sequences'

export type { ExhibitInput } from './exhibit-input'

export interface Exhibits {
  readonly exhibits: readonly Exhibit[]
  /** Of the layers whose units can be off, at the end of the run. */
  readonly activities: readonly LayerActivity[]
}

/** Everything there is to show of a trained model; what does not apply to it is left out. */
export async function makeExhibits(input: ExhibitInput, checkpoint?: Checkpoint): Promise<Exhibits> {
  const { trained, backend, dataset, part } = input
  const { model } = trained
  const activities = await unitActivity(trained, dataset, { backend, layers: watchedLayers(model) })
  const several = activities.length > 1
  const records = checkpoint ? activityRecords(checkpoint) : []
  const codes = await encoded(input)
  const shown = [
    ...(await pictures(input)),
    dataset.fields.input &&
      firstLayer(model, await trained.weights(), seenShape(model, dataset.fields.input.shape)),
    ...activities.map((activity) => activityExhibit(activity, part, several)),
    ...records.map((record) => activityByEpoch(record, records.length > 1)),
    codes && hashes(model) && codeBits(input, codes, codeCount(input)),
    codes && latentSpace(input, codes, codeCount(input)),
  ]
  return { exhibits: shown.filter((exhibit): exhibit is Exhibit => Boolean(exhibit)), activities }
}

/** Paths of the layers worth watching: those with a penalty on activity, or else the code if its units can be off. */
export function watchedLayers(model: Model): string[] {
  const regularized = observedLayers(model, 'regularized')
  const layers = regularized.length ? regularized : observedLayers(model, 'code').filter(switchesOff)
  return layers.map(({ path }) => path)
}

async function pictures(input: ExhibitInput): Promise<(Exhibit | undefined)[]> {
  const { trained, dataset } = input
  const { model } = trained
  const kind = inputKind(model, dataset)
  if (!model.functions.reconstruct || !kind) return []
  const damage = model.functions.encode && damageOf(model)
  if (kind.kind === 'sequences')
    return [await sequences(input, kind), damage && (await sequences(input, kind, damage))]
  return [await reconstructions(input, kind.size), damage && (await denoised(input, kind.size, damage))]
}

async function encoded(input: ExhibitInput): Promise<Float32Array | undefined> {
  const { trained, dataset } = input
  if (!trained.model.functions.encode || !dataset.fields.input) return undefined
  const samples = range(0, codeCount(input))
  const { data } = await applyTo(dataset, samples, trained, 'encode', { batchSize: 500 })
  return Float32Array.from(data)
}
