import type { Exhibit, ExhibitInput } from '@sandglass/core'
import { projectTo2d } from '../../report/pca'
import { gatherLabels } from '../gather'

const POINTS = 2000

/** How many codes are shown. */
export function codeCount({ dataset }: ExhibitInput): number {
  return Math.min(dataset.size, POINTS)
}

/** Codes as points in two dimensions. `codes`: those of the first samples. */
export async function latentSpace(
  { dataset, part }: ExhibitInput,
  codes: Float32Array,
  count: number,
): Promise<Exhibit | undefined> {
  const width = codes.length / count
  if (count < 3 || width < 2) return undefined
  const direct = width === 2
  const { points, explained } = direct
    ? { points: codes, explained: [0, 0] as const }
    : projectTo2d(codes, width)
  const percent = (share: number) => `${(100 * share).toFixed(0)} % of variance`
  return {
    name: 'latent space',
    caption: `Codes of ${count.toLocaleString('en')} samples of the ${part} data${direct ? '' : `, ${width} numbers each, on their first two principal components`}. Samples of a kind that lie together have similar codes.`,
    data: {
      type: 'scatter',
      title: direct ? 'Latent space' : 'Latent space, two principal components',
      points,
      xLabel: direct ? 'code 1' : `component 1 (${percent(explained[0])})`,
      yLabel: direct ? 'code 2' : `component 2 (${percent(explained[1])})`,
      labels: await gatherLabels(dataset, 0, count),
      names: dataset.fields.label?.classes,
    },
  }
}
