import { type Exhibit, type ExhibitInput, type HostTensor, type Model, readField } from '@sandglass/core'
import { applyTo } from '../apply'
import type { Damage } from './damage'
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
  const counted = await countedSteps(trained.model, input, chosen, original, [steps, features])
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

/** Whether each step counts: by the mask of the data, or by a masking layer at the beginning. */
async function countedSteps(
  { spec }: Model,
  { dataset }: ExhibitInput,
  chosen: readonly number[],
  { data }: HostTensor,
  [steps, features]: readonly [number, number],
): Promise<boolean[][]> {
  const samples = chosen.length
  const rows = (counts: (sample: number, step: number) => boolean) =>
    Array.from({ length: samples }, (_, i) => Array.from({ length: steps }, (_, t) => counts(i, t)))
  if (dataset.fields.mask?.shape.length === 1) {
    const mask = (await readField(dataset, 'mask', chosen)).data
    return rows((i, t) => mask[i * steps + t] !== 0)
  }
  const { encoder = [] } = spec as { encoder?: readonly { type: string; maskValue?: number }[] }
  const first = encoder.find(({ type }) => type !== 'reshape')
  if (first?.type !== 'masking') return rows(() => true)
  const { maskValue = 0 } = first
  return rows((i, t) =>
    Array.from({ length: features }, (_, f) => data[(i * steps + t) * features + f]).some(
      (value) => value !== maskValue,
    ),
  )
}
