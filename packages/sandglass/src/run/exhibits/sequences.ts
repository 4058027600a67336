import { type Exhibit, type ExhibitInput, type Model, readField, SandglassError } from '@sandglass/core'

import { applyTo } from '../apply'
import type { Damage } from './damage'
import { probe, seenAt } from './probe'
import { chooseSamples, namesOf, samplesOf } from './samples'

const ROWS = 8
/** Features that a row can show and still be read. */
const FEATURES = 4

/** Sequences as rows of lines: inputs with reconstructions over them, skipped steps grey. */
export async function sequences(
  input: ExhibitInput,
  { steps, features }: { steps: number; features: number },
  damage?: Damage,
): Promise<Exhibit | undefined> {
  const { trained, dataset, part } = input
  const chosen = await chooseSamples(dataset, ROWS)
  const original = await readField(dataset, 'input', chosen)
  const damaged = damage && (await damage.apply(input, chosen))
  const output = await applyTo(dataset, chosen, trained, 'reconstruct', { input: damaged })
  if (output.data.length !== original.data.length) return undefined
  const counted = await countedSteps(input, chosen, steps)
  const names = await namesOf(dataset, chosen)
  const [inputs, outputs] = [samplesOf(original), samplesOf(output)]
  const seen = damaged && samplesOf(damaged)
  const shown = Math.min(FEATURES, features)
  const series = (values: ArrayLike<number>) =>
    Array.from({ length: shown }, (_, f) =>
      Array.from({ length: steps }, (_, t) => values[t * features + f]!),
    )
  const masked = counted.some((row) => row.includes(false))
  return {
    name: damage ? 'denoised sequences' : 'sequences',
    caption: [
      `Sequences of the ${part} data, a row each${shown < features ? ` of the first ${shown} of ${features} features` : shown > 1 ? ` of ${shown} features` : ''}: the input as a broad pale line, the reconstruction as a thin one over it.`,
      damage ? `The model was given the dotted line, damaged as in training (${damage.name}).` : '',
      masked ? 'Grey steps are masked.' : '',
    ]
      .filter(Boolean)
      .join(' '),
    data: {
      type: 'sequences',
      title: damage ? 'Sequences, corrupted and denoised' : 'Sequences and reconstructions',
      rows: chosen.map((index, i) => ({
        name: names[i] ?? `sample ${index}`,
        input: series(inputs[i]!),
        output: series(outputs[i]!),
        ...(seen && { damaged: series(seen[i]!) }),
        counted: counted[i]!,
      })),
    },
  }
}

/** Whether each step counts: by the mask of the data, or by that which a layer of the encoder finds. */
async function countedSteps(
  input: ExhibitInput,
  chosen: readonly number[],
  steps: number,
): Promise<boolean[][]> {
  const { dataset, trained } = input
  const mask =
    dataset.fields.mask?.shape.length === 1
      ? await readField(dataset, 'mask', chosen)
      : await foundMask(input, trained.model, chosen, steps)
  return chosen.map((_, i) =>
    Array.from({ length: steps }, (_, t) => mask === undefined || mask.data[i * steps + t] !== 0),
  )
}

function foundMask(input: ExhibitInput, model: Model, chosen: readonly number[], steps: number) {
  const { encode } = model.functions
  const layer = model.layers.find(({ traits }) => traits.masks)
  if (!encode || !layer?.path.startsWith('encoder/') || layer.inputShape[0] !== steps) return undefined
  return probe(input, chosen, [steps], (...given) => {
    const mask = seenAt(encode, layer.path, ...given)?.mask
    if (!mask) throw new SandglassError('spec', `${layer.path} gives no mask when samples are encoded`)
    return mask
  })
}
