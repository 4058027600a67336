import { ELEMENTWISE } from './elementwise-operators'
import {
  type Attribute,
  type ConstantData,
  type DType,
  elements,
  makeValue,
  type Node,
  sameExtents,
  type Value,
} from './graph'

export type Attributes = Readonly<Record<string, Attribute>>

/**
 * Appends nodes to a list; the vocabulary in which kernels and passes speak. Throws where an operator on every element
 * does not make the shape that it is said to: a pass that takes such a step would train wrongly.
 */
export interface Builder {
  /** A node with one output. */
  emit(
    op: string,
    inputs: readonly Value[],
    shape: readonly number[],
    attributes?: Attributes,
    dtype?: DType,
  ): Value
  /** A node with several outputs. */
  emitAll(
    op: string,
    inputs: readonly Value[],
    outputs: readonly { shape: readonly number[]; dtype: DType }[],
    attributes?: Attributes,
  ): readonly Value[]
  /** A constant, filled with `data[0]` when that is its only element. */
  constant(data: ConstantData, shape: readonly number[], dtype?: DType): Value
  scalar(value: number, dtype?: DType): Value
  /** A vector of 64-bit integers: axes, shapes. */
  ints(values: readonly number[]): Value
}

export function createBuilder(nodes: Node[]): Builder {
  const builder: Builder = {
    emit: (op, inputs, shape, attributes = {}, dtype = inputs[0]!.dtype) =>
      builder.emitAll(op, inputs, [{ shape, dtype }], attributes)[0]!,
    emitAll: (op, inputs, outputs, attributes = {}) => {
      if (ELEMENTWISE.has(op)) checkShape(op, inputs, outputs[0]!.shape)
      const values = outputs.map(({ shape, dtype }) => makeValue(shape, dtype))
      nodes.push({ op, inputs, outputs: values, attributes })
      return values
    },
    constant: (data, shape, dtype = 'float32') => {
      if (data.length !== 1 && data.length !== elements(shape))
        throw new RangeError(`constant of ${data.length} elements for shape [${shape}]`)
      return makeValue(shape, dtype, data)
    },
    scalar: (value, dtype = 'float32') =>
      makeValue([], dtype, [dtype === 'float32' ? Math.fround(value) : value]),
    ints: (values) => makeValue([values.length], 'int64', values),
  }
  return builder
}

function checkShape(op: string, inputs: readonly Value[], shape: readonly number[]): void {
  const made = inputs.map((value) => value.shape).reduce(broadcast)
  if (sameExtents(made, shape)) return
  const operands = inputs.map((value) => `[${value.shape}]`).join(', ')
  throw new RangeError(`${op} of ${operands} has the shape [${made}], not [${shape}]`)
}

function broadcast(a: readonly number[], b: readonly number[]): readonly number[] {
  const [long, short] = a.length < b.length ? [b, a] : [a, b]
  const before = long.length - short.length
  return long.map((extent, i) => (i < before || short[i - before] === 1 ? extent : short[i - before]!))
}
