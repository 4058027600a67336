import { type Exhibit, type ExhibitInput, type Picture, readField } from '@sandglass/core'
import { applyTo } from '../apply'
import type { Damage } from './damage'
import { chooseSamples, namesOf, samplesOf } from './samples'

const PICTURES = 10

/** Pictures, damaged as in training, and what the model restores. */
export async function denoised(
  input: ExhibitInput,
  size: Omit<Picture, 'values'>,
  damage: Damage,
): Promise<Exhibit | undefined> {
  const { dataset, part } = input
  const chosen = await chooseSamples(dataset, PICTURES)
  const original = await readField(dataset, 'input', chosen)
  const damaged = await damage.apply(input, chosen)
  const output = await applyTo(dataset, chosen, input.trained, 'reconstruct', { input: damaged })
  if (output.data.length !== original.data.length) return undefined
  const row = (name: string, data: ArrayLike<number>) => ({
    name,
    pictures: samplesOf({ shape: original.shape, data: Float32Array.from(data) }).map((values) => ({
      ...size,
      values,
    })),
  })
  return {
    name: 'denoising',
    caption: `Samples of the ${part} data, the same damaged as in training (${damage.name}), and what the model makes of the damaged ones. It was given the corrupted ones only.`,
    data: {
      type: 'pictures',
      title: 'Original, corrupted and denoised',
      rows: [row('original', original.data), row('corrupted', damaged.data), row('denoised', output.data)],
      captions: await namesOf(dataset, chosen),
    },
  }
}
