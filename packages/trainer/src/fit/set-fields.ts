import {
  type AnyDataset,
  type Batch,
  createDataset,
  type Dataset,
  type HostRecord,
  type HostTensor,
  joinFields,
  type MemoryDataset,
  type Model,
  SandglassError,
  type Shape,
  sameShape,
  shapesOf,
  showShape,
  sizeOf,
} from '@sandglass/core'
import type { Taken } from './reader'

/** Fields of the data that are computed while a model trains on it. */
export interface SetFields {
  /** The data with the fields set so far, which count in place of its own. */
  readonly data: AnyDataset
  /** Sets a field, `[samples, …shape]`. Throws `SandglassError` unless it fits the data and the model. */
  set(name: string, values: HostTensor): void
  /** A batch with the fields as they are now; the same object until one is set. */
  see(taken: Taken): Batch
  /** What was set, by name. */
  state(): HostRecord
}

/** `kept` are fields set before, out of a checkpoint. */
export function createSetFields(
  source: AnyDataset,
  { fields: declared }: Model,
  kept: HostRecord = {},
): SetFields {
  const values: Record<string, HostTensor> = {}
  let added: MemoryDataset | undefined
  let data: AnyDataset = source
  let shapes: Readonly<Record<string, Shape>> = {}
  let seen = new WeakMap<Taken, Batch>()

  function set(name: string, tensor: HostTensor): void {
    if ('read' in source) throw streamed(source.name, name)
    checkFit(source, name, tensor, declared[name])
    values[name] = tensor
    const stored = Object.entries(values).map(([field, { shape, data }]) => [
      field,
      { shape: shape.slice(1), data },
    ])
    added = createDataset(source.name, Object.fromEntries(stored))
    data = joinFields(source, added)
    shapes = Object.freeze(shapesOf(data.fields))
    seen = new WeakMap()
  }

  for (const [name, tensor] of Object.entries(kept)) set(name, tensor)
  return {
    get data() {
      return data
    },
    set,
    see: (taken) => {
      if (!added) return taken.batch
      const found = seen.get(taken)
      if (found) return found
      const own = added.batch(taken.rows)
      const batch: Batch = {
        size: taken.batch.size,
        fields: shapes,
        fill: (field, out) => (Object.hasOwn(values, field) ? own : taken.batch).fill(field, out),
      }
      seen.set(taken, batch)
      return batch
    },
    state: () => ({ ...values }),
  }
}

function checkFit(
  { name: dataset, size }: Dataset,
  name: string,
  { shape, data }: HostTensor,
  declared?: Shape,
): void {
  const expected = declared ?? shape.slice(1)
  if (shape[0] === size && sameShape(shape.slice(1), expected) && data.length === sizeOf(shape)) return
  throw new SandglassError(
    'shape',
    `the field "${name}" cannot be set: it does not fit the data "${dataset}"`,
    {
      got: `${data.length} numbers of shape ${showShape(shape)}`,
      expected: `a value for each of its ${size} samples: ${showShape([size, ...expected])}`,
    },
  )
}

function streamed(dataset: string, name: string): SandglassError {
  return new SandglassError('data', `the field "${name}" cannot be set: the data "${dataset}" is a stream`, {
    expected: 'data whose samples can be told apart',
    advice: 'Load it into memory first: await load(stream).',
  })
}
