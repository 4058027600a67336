import { SandglassError } from '@sandglass/core'
import { PbfWriter } from 'pbf'
import { type Attribute, type DType, elements, type Graph, type Node, type Value } from '../graph/graph'

/** Operator set that every execution provider of ONNX Runtime implements. */
export const OPSET = 18
/** Version of the file format that goes with it. */
const IR_VERSION = 8

/** onnx.TensorProto.DataType */
const ELEMENT_TYPE: Record<DType | 'uint8', number> = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 }

export interface EncodeOptions {
  /** Name of the graph. */
  readonly name?: string
  /** Key-value pairs stored in the file. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Name of the first dimension of inputs and outputs, when it may vary. */
  readonly dynamicBatch?: string
  readonly documentation?: string
  /** Names of constants; the rest are numbered. */
  readonly constantNames?: ReadonlyMap<Value, string>
}

/**
 * A graph as an ONNX file: `onnx.proto` written field by field, since the format is small and stable. Throws
 * `SandglassError` when inputs and outputs share a name.
 */
export function encodeOnnx(graph: Graph, options: EncodeOptions = {}): Uint8Array {
  const { name = 'sandglass', metadata = {}, documentation } = options
  const names = nameValues(graph, options.constantNames)
  const writer = new PbfWriter()
  writer.writeVarintField(1, IR_VERSION)
  writer.writeStringField(2, 'sandglass')
  if (documentation) writer.writeStringField(6, documentation)
  writer.writeMessage(7, writeGraph, { graph, names, name, options })
  writer.writeMessage(8, (opset: number, w) => w.writeVarintField(2, opset), OPSET)
  for (const entry of Object.entries(metadata))
    writer.writeMessage(
      14,
      ([key, value]: [string, string], w) => {
        w.writeStringField(1, key)
        w.writeStringField(2, value)
      },
      entry,
    )
  return writer.finish()
}

interface Named {
  graph: Graph
  names: Map<Value, string>
  name: string
  options: EncodeOptions
}

/** Unique names: inputs and outputs keep theirs, the rest are numbered. */
function nameValues(
  { inputs, outputs, nodes }: Graph,
  constantNames: ReadonlyMap<Value, string> = new Map(),
): Map<Value, string> {
  const taken = new Set<string>()
  for (const { name } of [...inputs, ...outputs]) {
    if (taken.has(name) || !name)
      throw new SandglassError(
        'spec',
        `the graph cannot be written: an input or output has no name of its own`,
        {
          got: name ? `"${name}" more than once` : 'an empty name',
          expected: 'names that are unique among inputs and outputs together',
        },
      )
    taken.add(name)
  }
  // Not names of constants, which must give way.
  const names = new Map<Value, string>()
  for (const [value, name] of constantNames)
    if (!taken.has(name)) {
      taken.add(name)
      names.set(value, name)
    }
  for (const { name, value } of inputs) names.set(value, name)
  for (const { name, value } of outputs) if (!names.has(value) && !value.constant) names.set(value, name)
  let next = 0
  const fresh = (value: Value) => {
    if (names.has(value)) return
    while (taken.has(`v${next}`)) next++
    names.set(value, `v${next++}`)
  }
  for (const node of nodes) {
    for (const value of node.inputs) fresh(value)
    for (const value of node.outputs) fresh(value)
  }
  for (const { value } of outputs) fresh(value)
  return names
}

function writeGraph({ graph, names, name, options }: Named, w: PbfWriter): void {
  const constants = new Set(graph.nodes.flatMap((node) => node.inputs.filter((value) => value.constant)))
  // An output that is an input, a constant or another output under a second name needs a node of its own.
  const copies = graph.outputs.filter((output) => names.get(output.value) !== output.name)
  for (const { value } of copies) if (value.constant) constants.add(value)
  const read = new Set([
    ...graph.nodes.flatMap((node) => node.inputs),
    ...graph.outputs.map(({ value }) => value),
  ])
  for (const [i, node] of graph.nodes.entries())
    w.writeMessage(1, writeNode, { node, names, read, nodeName: nodeName(i) })
  for (const output of copies)
    w.writeMessage(1, writeNode, {
      node: { op: 'Identity', inputs: [output.value], outputs: [], attributes: {} },
      names,
      output: output.name,
    })
  w.writeStringField(2, name)
  for (const value of constants) w.writeMessage(5, writeConstant, { value, name: names.get(value)! })
  for (const input of graph.inputs)
    w.writeMessage(11, writeValueInfo, { ...input, batch: options.dynamicBatch })
  for (const output of graph.outputs)
    w.writeMessage(12, writeValueInfo, { ...output, batch: options.dynamicBatch })
}

interface NamedNode {
  node: Node
  names: Map<Value, string>
  read?: Set<Value>
  output?: string
  nodeName?: string
}

/** Name of the node at this index of a graph. */
export function nodeName(index: number): string {
  return `n${index}`
}

function writeNode({ node, names, output, read, nodeName }: NamedNode, w: PbfWriter): void {
  for (const value of node.inputs) w.writeStringField(1, names.get(value)!)
  // The positions of maxima are optional, and cost time.
  const last = node.op === 'MaxPool' && read && !read.has(node.outputs[1]!) ? 0 : node.outputs.length - 1
  for (const value of node.outputs.slice(0, last + 1)) w.writeStringField(2, names.get(value)!)
  if (output) w.writeStringField(2, output)
  if (nodeName) w.writeStringField(3, nodeName)
  w.writeStringField(4, node.op)
  for (const attribute of Object.entries(node.attributes)) w.writeMessage(5, writeAttribute, attribute)
}

/** onnx.AttributeProto.AttributeType */
const TYPE = { float: 1, int: 2, string: 3, ints: 7 }

function writeAttribute([name, value]: [string, Attribute], w: PbfWriter): void {
  w.writeStringField(1, name)
  if (name === 'to') {
    w.writeVarintField(3, ELEMENT_TYPE[value as DType])
    w.writeVarintField(20, TYPE.int)
  } else if (typeof value === 'number') {
    w.writeVarintField(3, value)
    w.writeVarintField(20, TYPE.int)
  } else if (typeof value === 'string') {
    w.writeStringField(4, value)
    w.writeVarintField(20, TYPE.string)
  } else if ('float' in value) {
    w.writeFloatField(2, value.float)
    w.writeVarintField(20, TYPE.float)
  } else {
    for (const item of value) w.writeVarintField(8, item)
    w.writeVarintField(20, TYPE.ints)
  }
}

function writeConstant({ value, name }: { value: Value; name: string }, w: PbfWriter): void {
  for (const extent of value.shape) w.writeVarintField(1, extent)
  w.writeVarintField(2, ELEMENT_TYPE[value.dtype])
  w.writeStringField(8, name)
  w.writeBytesField(9, rawBytes(value))
}

/** Little-endian bytes of a constant, spread to its whole shape. */
function rawBytes({ shape, dtype, constant }: Value): Uint8Array {
  const size = elements(shape)
  const data = constant as ArrayLike<number>
  const at = data.length === 1 ? () => data[0]! : (i: number) => data[i]!
  const make = {
    float32: () => Float32Array.from({ length: size }, (_, i) => at(i)),
    int32: () => Int32Array.from({ length: size }, (_, i) => at(i)),
    int64: () => BigInt64Array.from({ length: size }, (_, i) => BigInt(at(i))),
    bool: () => Uint8Array.from({ length: size }, (_, i) => (at(i) ? 1 : 0)),
  }
  const array = make[dtype]()
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

function writeValueInfo(
  { name, value, batch }: { name: string; value: Value; batch?: string },
  w: PbfWriter,
): void {
  w.writeStringField(1, name)
  w.writeMessage(2, (v: Value, type) => type.writeMessage(1, writeTensorType, { v, batch }), value)
}

function writeTensorType({ v, batch }: { v: Value; batch?: string }, w: PbfWriter): void {
  w.writeVarintField(1, ELEMENT_TYPE[v.dtype])
  w.writeMessage(
    2,
    (shape: readonly number[], s) => {
      for (const [axis, extent] of shape.entries())
        s.writeMessage(
          1,
          (e: number, d) => (axis === 0 && batch ? d.writeStringField(2, batch) : d.writeVarintField(1, e)),
          extent,
        )
    },
    v.shape,
  )
}
