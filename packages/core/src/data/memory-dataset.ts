import type { FieldDescriptions, MemoryDataset } from '../dataset'
import { type Shape, sizeOf } from '../shape'
import { gather } from './gather'
import { checkedRows, isConsecutive, selectedRows } from './rows'
import { describeField, type StoredField, shapesOf, storedNamed } from './stored-field'

type StoredFields = Readonly<Record<string, StoredField>>

/** A dataset over arrays that are known to be sound. They are kept, not copied; so are those of its selections. */
export function memoryDataset(name: string, size: number, stored: StoredFields): MemoryDataset {
  const fields = Object.freeze(
    Object.fromEntries(Object.entries(stored).map(([field, each]) => [field, describeField(each)])),
  )
  return view({ name, fields, shapes: Object.freeze(shapesOf(fields)), stored }, size)
}

/** What a dataset and its selections share. */
interface Common {
  readonly name: string
  readonly fields: FieldDescriptions
  readonly shapes: Readonly<Record<string, Shape>>
  readonly stored: StoredFields
}

/** Samples of what is stored: those at `places`, or the first `size`. */
function view(common: Common, size: number, places?: Int32Array): MemoryDataset {
  const { name, fields, shapes, stored } = common
  const placesOf = (rows: Int32Array) => (places ? rows.map((row) => places[row]!) : rows)
  return Object.freeze({
    name,
    size,
    fields,
    select: (rows: ArrayLike<number>) => {
      const chosen = placesOf(selectedRows(`dataset "${name}"`, size, rows))
      return isConsecutive(chosen)
        ? view({ ...common, stored: part(stored, chosen[0]!, chosen.length) }, chosen.length)
        : view(common, chosen.length, chosen)
    },
    batch: (rows: ArrayLike<number>) => {
      const own = placesOf(checkedRows(`dataset "${name}"`, size, rows))
      return {
        size: own.length,
        fields: shapes,
        fill: (field: string, out: Float32Array | Float64Array) =>
          gather(storedNamed(stored, field, { of: name, size: own.length, out }), own, out),
      }
    },
  })
}

function part(stored: StoredFields, first: number, count: number): StoredFields {
  return Object.fromEntries(
    Object.entries(stored).map(([name, field]) => {
      const width = sizeOf(field.shape)
      return [name, { ...field, data: field.data.subarray(first * width, (first + count) * width) }]
    }),
  )
}
