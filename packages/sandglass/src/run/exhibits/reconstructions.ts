import { type Exhibit, type ExhibitInput, type Picture, readField } from '@sandglass/core'
import { applyTo } from '../apply'
import { chooseSamples, namesOf, samplesOf } from './samples'

const PICTURES = 10

/** Originals, reconstructions and their difference, for samples that are pictures. */
export async function reconstructions(
  input: ExhibitInput,
  size: Omit<Picture, 'values'>,
): Promise<Exhibit | undefined> {
  const { dataset, part } = input
  const chosen = await chooseSamples(dataset, PICTURES)
  const shown = await readField(dataset, 'input', chosen)
  const target = dataset.fields.target && (await readField(dataset, 'target', chosen))
  const output = await applyTo(dataset, chosen, input.trained, 'reconstruct')
  const aim = target ?? shown
  if (output.data.length !== shown.data.length || aim.data.length !== shown.data.length) return undefined
  const difference = aim.data.map((value, i) => Math.abs(value - output.data[i]!))
  const captions = await namesOf(dataset, chosen)
  const row = (name: string, data: Float32Array) => ({
    name,
    pictures: samplesOf({ shape: shown.shape, data }).map((values) => ({ ...size, values })),
  })
  return {
    name: 'reconstructions',
    caption: `${captions.length ? 'One sample of each class' : 'The first samples'} of the ${part} data, what the model makes of it from its code, and the absolute difference${target ? ' from the target' : ''} (white is 1).`,
    data: {
      type: 'pictures',
      title: 'Originals and reconstructions',
      rows: [
        row('original', shown.data),
        ...(target ? [row('target', target.data)] : []),
        row('reconstruction', Float32Array.from(output.data)),
        row('difference', difference),
      ],
      captions,
    },
  }
}
