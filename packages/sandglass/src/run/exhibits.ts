import type { Backend, Dataset, HostTensor } from '@sandglass/core'
import type { TrainedModel } from '@sandglass/trainer'
import { histogram } from '../report/histogram'
import { projectTo2d } from '../report/pca'
import { type Picture, pictureGrid, pictureShape } from '../report/picture-grid'
import type { Exhibit } from '../report/report'
import { scatter } from '../report/scatter'
import { type LayerActivity, sparseActivities } from './activity'
import { gather, gatherLabels } from './gather'

export interface ExhibitInput {
  readonly trained: TrainedModel
  readonly backend: Backend
  /** Held-out data if there is some. */
  readonly dataset: Dataset
  /** `validation` or `training`. */
  readonly part: string
  readonly classNames?: readonly string[]
}

export interface Exhibits {
  readonly exhibits: readonly Exhibit[]
  readonly activities: readonly LayerActivity[]
}

const PICTURES = 10
const POINTS = 2000

/** Everything there is to show of a trained model; what does not apply to it is left out. */
export async function makeExhibits(input: ExhibitInput): Promise<Exhibits> {
  const { trained, backend, dataset } = input
  const { model } = trained
  const exhibits: Exhibit[] = []
  if (model.functions.reconstruct) {
    const shown = await reconstructions(input)
    if (shown) exhibits.push(shown)
  }
  const activities = await sparseActivities(model, await trained.weights(), dataset, backend)
  for (const activity of activities)
    exhibits.push(activityExhibit(activity, input.part, activities.length > 1))
  if (model.functions.encode) {
    const space = await latentSpace(input)
    if (space) exhibits.push(space)
  }
  return { exhibits, activities }
}

/** One picture of each class, as far as there are classes; otherwise the first ones. */
function chooseSamples(dataset: Dataset): number[] {
  const labels = gatherLabels(dataset, 0, Math.min(dataset.size, 1000))
  const first = Array.from({ length: Math.min(PICTURES, dataset.size) }, (_, i) => i)
  if (!labels) return first
  const seen = new Map<number, number>()
  for (const [i, label] of labels.entries()) if (!seen.has(label)) seen.set(label, i)
  const classes = [...seen].sort(([a], [b]) => a - b).map(([, i]) => i)
  return [...classes, ...first.filter((i) => !classes.includes(i))].slice(0, first.length)
}

async function reconstructions({
  trained,
  dataset,
  part,
  classNames,
}: ExhibitInput): Promise<Exhibit | undefined> {
  const size = pictureShape(dataset.fields.input?.shape ?? [])
  if (!size) return undefined
  const chosen = chooseSamples(dataset)
  const one = await Promise.all(chosen.map(async (i) => gather(dataset, 'input', i, i + 1).data))
  const width = one[0]!.length
  const data = Float32Array.from(
    { length: width * one.length },
    (_, i) => one[Math.floor(i / width)]![i % width]!,
  )
  const input: HostTensor = { shape: [one.length, ...dataset.fields.input!.shape], data }
  const output = await trained.reconstruct(input)
  const cut = (values: ArrayLike<number>): Picture[] =>
    one.map((_, k) => ({
      ...size,
      values: Array.from({ length: width }, (_, i) => values[k * width + i]!),
    }))
  const difference = Float32Array.from(data, (value, i) => Math.abs(value - output.data[i]!))
  const captions = chosen.flatMap((i) => {
    const label = gatherLabels(dataset, i, i + 1)?.[0]
    return label === undefined || !classNames?.[label] ? [] : [classNames[label]]
  })
  return {
    name: 'reconstructions',
    caption: `${captions.length ? 'One sample of each class' : 'The first samples'} of the ${part} data, what the model makes of it from its code, and the absolute difference (white is 1).`,
    figure: pictureGrid(
      'Originals and reconstructions',
      [
        { name: 'original', pictures: cut(data) },
        { name: 'reconstruction', pictures: cut(output.data) },
        { name: 'difference', pictures: cut(difference) },
      ],
      captions,
    ),
  }
}

function activityExhibit({ path, means, target }: LayerActivity, part: string, several: boolean): Exhibit {
  return {
    name: several ? `mean activation of ${path}` : 'mean activation',
    caption: `How active each of the ${means.length} units of ${path} is on average over the ${part} data. A sparse layer has its units near the target: each answers to few samples.`,
    figure: histogram({
      title: `Mean activation of the units of ${path}`,
      values: means,
      xLabel: 'mean activation',
      yLabel: 'units',
      mark: target === undefined ? undefined : { value: target, name: 'target' },
    }),
  }
}

async function latentSpace({
  trained,
  dataset,
  part,
  classNames,
}: ExhibitInput): Promise<Exhibit | undefined> {
  const count = Math.min(dataset.size, POINTS)
  if (count < 3 || !dataset.fields.input) return undefined
  const codes = await trained.encode(gather(dataset, 'input', 0, count), { batchSize: 500 })
  const width = codes.data.length / count
  if (width < 2) return undefined
  const direct = width === 2
  const { points, explained } = direct
    ? { points: codes.data, explained: [0, 0] as const }
    : projectTo2d(codes.data, width)
  const percent = (share: number) => `${(100 * share).toFixed(0)} % of variance`
  return {
    name: 'latent space',
    caption: `Codes of ${count.toLocaleString('en')} samples of the ${part} data${direct ? '' : `, ${width} numbers each, on their first two principal components`}. Samples of a kind that lie together have similar codes.`,
    figure: scatter({
      title: direct ? 'Latent space' : 'Latent space, two principal components',
      points,
      xLabel: direct ? 'code 1' : `component 1 (${percent(explained[0])})`,
      yLabel: direct ? 'code 2' : `component 2 (${percent(explained[1])})`,
      labels: gatherLabels(dataset, 0, count),
      names: classNames,
    }),
  }
}
