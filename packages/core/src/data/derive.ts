import type { Batch } from '../batch'
import type { AnyDataset, Dataset, FieldDescriptions, MemoryDataset, StreamedDataset } from '../dataset'
import { after } from './after'

/** Another view of the samples of a dataset: as many of them, with other fields. */
export interface Derivation {
  /** Default: that of the source. */
  readonly name?: string
  readonly fields: FieldDescriptions
  /** Fields of the source that it takes to have these. Default: those of the same names. */
  needs?(fields: readonly string[]): readonly string[]
  /** A batch of the source with the fields of the view. */
  see(batch: Batch): Batch
}

/**
 * A dataset or stream that shows another one's samples otherwise, each batch as it comes. Selecting samples of the view
 * selects those of the source.
 */
export function derive(source: MemoryDataset, derivation: Derivation): MemoryDataset
export function derive(source: Dataset, derivation: Derivation): Dataset
export function derive(source: StreamedDataset, derivation: Derivation): StreamedDataset
export function derive(source: AnyDataset, derivation: Derivation): AnyDataset
export function derive(source: AnyDataset, derivation: Derivation): AnyDataset {
  const { name = source.name, fields, needs = (wanted) => wanted, see } = derivation
  const all = Object.keys(fields)
  if ('read' in source)
    return Object.freeze({
      name,
      ...(source.size !== undefined && { size: source.size }),
      fields,
      read: async function* ({ from, fields: wanted = all } = {}) {
        for await (const batch of source.read({ from, fields: needs(wanted) })) yield see(batch)
      },
    } satisfies StreamedDataset)
  return Object.freeze({
    name,
    size: source.size,
    fields,
    select: (rows: ArrayLike<number>) => derive(source.select(rows), derivation),
    batch: (rows: ArrayLike<number>, wanted: readonly string[] = all) =>
      after(source.batch(rows, needs(wanted)), see),
  } satisfies Dataset)
}
