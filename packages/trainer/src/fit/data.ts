import {
  type AnyDataset,
  type Model,
  range,
  SandglassError,
  type Splits,
  sameShape,
  showShape,
} from '@sandglass/core'

export interface FitData<Data = AnyDataset> {
  readonly train: Data
  readonly validation?: Data
}

/** Training and validation data. Throws `SandglassError` (`data`) when either is empty or the share is malformed. */
export function dataOf(
  data: Splits<AnyDataset> | AnyDataset,
  validation: AnyDataset | number | undefined,
): FitData {
  const splits = 'train' in data ? data : { train: data, validation: undefined }
  checkNotEmpty(splits.train, 'training')
  if (typeof validation === 'number') return setAside(splits.train, validation)
  const chosen = validation ?? splits.validation
  if (chosen) checkNotEmpty(chosen, 'validation')
  return { train: splits.train, validation: chosen }
}

function checkNotEmpty({ name, size }: AnyDataset, role: string): void {
  if (size !== undefined && !(size > 0))
    throw new SandglassError('data', `the ${role} data "${name}" is empty`, {
      got: `${size} samples`,
      expected: 'at least one',
    })
}

/** The last `share` of the samples, as Keras has it: the first ⌊n · (1 − share)⌋ stay. */
function setAside(dataset: AnyDataset, share: number): FitData {
  if ('read' in dataset)
    throw new SandglassError('data', `no share of the stream "${dataset.name}" can be set aside`, {
      expected: 'a dataset or a stream of its own for the validation',
    })
  const kept = Math.floor(dataset.size * (1 - share))
  if (!(share > 0 && share < 1) || kept < 1)
    throw new SandglassError('data', 'the share of validation data is not usable', {
      got: `${share} of ${dataset.size} samples`,
      expected: 'a number between 0 and 1 that leaves at least one sample on either side',
    })
  return { train: dataset.select(range(0, kept)), validation: dataset.select(range(kept, dataset.size)) }
}

/**
 * Throws `SandglassError` unless the data has the fields that the model reads, in its shapes. Those of `later` are set
 * while the model trains.
 */
export function checkFields(
  model: Model,
  { name, fields }: AnyDataset,
  { later = [] }: { readonly later?: readonly string[] } = {},
): void {
  for (const objective of model.objectives)
    for (const [field, need] of Object.entries(objective.fields)) {
      const found = fields[field]
      if (!found && need === 'required' && !later.includes(field))
        throw new SandglassError('data', `the data "${name}" lacks the field "${field}"`, {
          got: Object.keys(fields).join(', ') || 'no fields',
          expected: `the fields that the objective "${objective.name}" reads`,
        })
      const expected = model.fields[field]
      if (found && expected && !sameShape(found.shape, expected))
        throw new SandglassError(
          'shape',
          `the field "${field}" of the data "${name}" does not fit the model`,
          {
            got: showShape(found.shape),
            expected: showShape(expected),
          },
        )
    }
}
