import type { TypedArray } from '@sandglass/core'

export type DType = 'float32' | 'int32' | 'bool' | 'int64'

/** Contents of a constant. A single element stands for a constant filled with it, whatever its shape. */
export type ConstantData = TypedArray | readonly number[]

/** One array in a graph: an input, a constant, or the output of a node. Shapes include the batch and are static. */
export interface Value {
  readonly id: number
  readonly shape: readonly number[]
  readonly dtype: DType
  /** Present on constants. */
  readonly constant?: ConstantData
}

export type Attribute = number | string | readonly number[] | { readonly float: number }

/** An ONNX operator applied to values; or `Columns` and `Weave`, which passes turn into ONNX. */
export interface Node {
  readonly op: string
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

/** Named random numbers that must be fed to an input. */
export interface Draw {
  readonly stream: string
  readonly distribution: 'uniform' | 'normal' | 'truncatedNormal'
}

export interface GraphInput {
  readonly name: string
  readonly value: Value
  readonly draw?: Draw
}

export interface GraphOutput {
  readonly name: string
  readonly value: Value
}

/** A static dataflow graph, nodes in an order in which they can run. */
export interface Graph {
  readonly inputs: readonly GraphInput[]
  readonly outputs: readonly GraphOutput[]
  readonly nodes: readonly Node[]
}

/** A rewrite of a graph into one that computes the same. */
export type Pass = (graph: Graph) => Graph

let nextId = 0

/** A new value; identity is by object and `id`. */
export function makeValue(shape: readonly number[], dtype: DType, constant?: ConstantData): Value {
  return { id: nextId++, shape, dtype, constant }
}

export function elements(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1)
}

/** The number that fills a constant, if it is filled with one. */
export function splatOf({ constant }: Value): number | undefined {
  return constant?.length === 1 ? constant[0] : undefined
}

/** A number among a node's attributes, or what it is when absent. */
export function floatOf({ attributes }: Node, name: string, otherwise: number): number {
  const attribute = attributes[name]
  return typeof attribute === 'object' && 'float' in attribute ? attribute.float : otherwise
}

export function sameExtents(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, i) => extent === b[i])
}
