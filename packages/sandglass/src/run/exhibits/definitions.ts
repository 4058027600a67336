import {
  define,
  type Exhibit,
  type ExhibitInput,
  type ExhibitMaker,
  type Model,
  range,
} from '@sandglass/core'
import {
  activityRecords,
  type LayerActivity,
  observedLayers,
  switchesOff,
  unitActivity,
} from '@sandglass/trainer'
import { z } from 'zod'
import { applyTo } from '../apply'
import { activityByEpoch, activityExhibit } from './activity'
import { codeBits, hashes } from './code-bits'
import { damageOf } from './damage'
import { denoised } from './denoised'
import { firstLayer } from './filters'
import { inputKind, seenShape } from './input-kind'
import { codeCount, latentSpace } from './latent-space'
import { reconstructions } from './reconstructions'
import { sequences } from './sequences'
import { tables } from './tables'

/** An exhibit without options. */
function exhibit<const Type extends string>(type: Type, description: string, make: ExhibitMaker) {
  return define('exhibit', { type, description, schema: z.strictObject({}), build: () => make })
}

/** Those that apply. */
function present(...exhibits: (Exhibit | undefined)[]): Exhibit[] {
  return exhibits.filter((each) => each !== undefined)
}

/** In the order of the report. */
export const exhibits = [
  exhibit('reconstructions', 'samples beside what the model makes of them', async (input) => {
    const kind = kindOf(input)
    if (kind?.kind === 'sequences') return present(await sequences(input, kind))
    return present(kind && (await reconstructions(input, kind.size)))
  }),
  exhibit('tables', 'the error of each column of a table, and the rows with the largest', async (input) => {
    const isTable = input.dataset.fields.input?.shape.length === 1 && !kindOf(input)
    return isTable && input.trained.model.functions.reconstruct ? tables(input) : []
  }),
  exhibit('denoising', 'samples, the same damaged, and what a denoising model restores', async (input) => {
    const { model } = input.trained
    const damage = model.functions.encode && damageOf(model)
    const kind = kindOf(input)
    if (!damage || !kind) return []
    if (kind.kind === 'sequences') return present(await sequences(input, kind, damage))
    return present(await denoised(input, kind.size, damage))
  }),
  exhibit('firstLayer', 'the weights of the first layer as pictures', async ({ trained, dataset }) => {
    const shape = dataset.fields.input?.shape
    if (!shape) return []
    return present(firstLayer(trained.model, await trained.weights(), seenShape(trained.model, shape)))
  }),
  exhibit('activity', 'how active the units of watched layers are', async (input) => {
    const activities = await activitiesOf(input)
    const records = activityRecords({ callbacks: input.states ?? {} })
    return [
      ...activities.map((each) => activityExhibit(each, input.part, activities.length > 1)),
      ...present(...records.map((record) => activityByEpoch(record, records.length > 1))),
    ]
  }),
  exhibit('codeBits', 'how near codes that should be bits are to them', async (input) => {
    const codes = hashes(input.trained.model) && (await codesOf(input))
    return codes ? [codeBits(input, codes, codeCount(input))] : []
  }),
  exhibit('latentSpace', 'codes as points in the plane', async (input) => {
    const codes = await codesOf(input)
    return present(codes && (await latentSpace(input, codes, codeCount(input))))
  }),
] as const

/** Of the layers whose units can be off, at the end of the run. */
export function activitiesOf(input: ExhibitInput): Promise<LayerActivity[]> {
  const { trained, dataset, backend } = input
  const layers = watchedLayers(trained.model)
  return input.shared('activities', () => unitActivity(trained, dataset, { backend, layers }))
}

/** Paths of the layers worth watching: those with a penalty on activity, or else the code if its units can be off. */
export function watchedLayers(model: Model): string[] {
  const regularized = observedLayers(model, 'regularized')
  const layers = regularized.length ? regularized : observedLayers(model, 'code').filter(switchesOff)
  return layers.map(({ path }) => path)
}

function kindOf({ trained, dataset }: ExhibitInput) {
  return trained.model.functions.reconstruct && inputKind(trained.model, dataset)
}

/** Codes of the first samples, where the model has codes. */
function codesOf(input: ExhibitInput): Promise<Float32Array | undefined> {
  const { trained, dataset } = input
  return input.shared('codes', async () => {
    if (!trained.model.functions.encode || !dataset.fields.input) return undefined
    const samples = range(0, codeCount(input))
    const { data } = await applyTo(dataset, samples, trained, 'encode', { batchSize: 500 })
    return Float32Array.from(data)
  })
}
