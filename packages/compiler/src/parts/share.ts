import { ELEMENTWISE } from '../graph/elementwise-operators'
import { makeValue, splatOf, type Value } from '../graph/graph'
import { allOf, type Division } from './division'

/** What a part has of an array whose `axis`, if it is one, runs along the batch. */
export function shareOf(division: Division, value: Value, axis: number): Value | undefined {
  const { kind } = division.layoutOf(value)
  if (kind === 'rows') return division.partOf(value)
  if (kind !== 'same') return
  return axis < 0 ? value : shortened(division, value, axis)
}

/** An array that is the same all along an axis, for a part; undefined if it is not known to be. */
function shortened(division: Division, value: Value, axis: number): Value | undefined {
  const { shorter } = division
  const key = `${value.id} ${axis}`
  if (!shorter.has(key)) shorter.set(key, shorten(division, value, axis))
  return shorter.get(key)
}

function shorten(division: Division, value: Value, axis: number): Value | undefined {
  const { build, makers, smaller } = division
  const shape = smaller(value.shape, axis)
  if (splatOf(value) !== undefined) return makeValue(shape, value.dtype, value.constant)
  const node = makers.get(value)
  const expands = node?.op === 'Expand'
  if (!node || !(expands || ELEMENTWISE.has(node.op))) return
  const inputs = allOf(expands ? node.inputs.slice(0, 1) : node.inputs, (array) => {
    const at = axis - shape.length + array.shape.length
    return (array.shape[at] ?? 1) === 1 ? array : shortened(division, array, at)
  })
  const more = expands ? [build.ints(shape)] : []
  return inputs && build.emit(node.op, [...inputs, ...more], shape, node.attributes, value.dtype)
}
