import {
  type Controls,
  controlValues,
  type HostRecord,
  type Model,
  SandglassError,
  sameShape,
  showShape,
  sizeOf,
} from '@sandglass/core'
import { version } from '../package.json'
import { batchSizes, FixedBatch, fixedBatchError, withDynamicBatch } from './export-batch'
import { type Graph, makeValue, type Value } from './graph/graph'
import { encodeOnnx, OPSET } from './onnx/encode'
import { optimise } from './passes/index'
import { CONTROL, functionGraph, WEIGHT } from './session/step-graph'

export interface ExportOptions {
  /** Fixes the batch size. Unless given, the first dimension of inputs and outputs is free and named `batch`. */
  readonly batch?: number
  /** Values of the model's controls, which become part of the graph. Default: the numbers that it declares. */
  readonly controls?: Controls
  /** Name of the graph in the file. Default: the function's name. */
  readonly name?: string
  /** Text stored in the file for people. Default: a sentence that says what the graph is. */
  readonly documentation?: string
  /** Entries beside `sandglass.version`, `sandglass.function` and `sandglass.spec`. */
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * One of a model's functions as an ONNX file of its own, with the weights inside. Inputs and outputs have the names
 * that the function gives them and the shapes `[batch, …]`; a function that draws random numbers gets them as inputs
 * named `random/<distribution>/<stream>`. The metadata holds the model's spec (`sandglass.spec`, JSON), the name of
 * the function (`sandglass.function`) and the version of this package (`sandglass.version`). Nothing of what makes
 * training different is in the graph.
 *
 * @throws SandglassError `spec` when the model has no such function or control, a control has no value, or the batch is
 *   not a positive integer, `shape` when weights are missing or do not fit, `backend` when an op cannot be compiled, or
 *   the function cannot take batches of any size and no `batch` is given
 */
export function exportOnnx(
  model: Model,
  functionName: string,
  weights: HostRecord,
  options: ExportOptions = {},
): Uint8Array {
  const { batch, name = functionName, metadata = {} } = options
  const declared = Object.hasOwn(model.functions, functionName) ? model.functions[functionName] : undefined
  if (!declared)
    throw new SandglassError('spec', `the model has no function "${functionName}"`, {
      expected: `one of ${Object.keys(model.functions).join(', ')}`,
    })
  if (batch !== undefined && !(Number.isSafeInteger(batch) && batch > 0))
    throw new SandglassError('spec', 'the batch of an export must be a positive integer', { got: `${batch}` })
  checkWeights(model, weights)
  const controls = controlValues(model.controls, options.controls)

  const constants = new Map<string, Value>()
  const traced = (size: number) =>
    pruneInputs(optimise(bound(functionGraph(model, declared, size), weights, controls, constants)))
  let graph: Graph
  try {
    const sizes = batch === undefined ? batchSizes(extentsOf(model, functionName)) : [batch]
    graph = batch === undefined ? withDynamicBatch(sizes.map(traced), sizes) : traced(batch)
  } catch (error) {
    throw error instanceof FixedBatch ? fixedBatchError(functionName, error) : error
  }
  const ends = (shapes: Readonly<Record<string, readonly number[]>>) =>
    Object.entries(shapes)
      .map(([end, shape]) => `${end} [${[batch ?? 'batch', ...shape].join(', ')}]`)
      .join(', ')
  return encodeOnnx(plainNames(graph), {
    name,
    dynamicBatch: batch === undefined ? 'batch' : undefined,
    constantNames: new Map([...constants].map(([weight, value]) => [value, weight])),
    documentation:
      options.documentation ??
      `${functionName} of a Sandglass model (${model.spec.type}): ${ends(declared.inputs)} → ${ends(declared.outputs)}`,
    metadata: {
      ...metadata,
      'sandglass.version': version,
      'sandglass.function': functionName,
      'sandglass.spec': JSON.stringify(model.spec),
      'sandglass.opset': `${OPSET}`,
    },
  })
}

function checkWeights(model: Model, weights: HostRecord): void {
  for (const [name, { shape }] of Object.entries(model.weights)) {
    const given = Object.hasOwn(weights, name) ? weights[name] : undefined
    if (given && sameShape(given.shape, shape) && given.data.length === sizeOf(shape)) continue
    throw new SandglassError('shape', `cannot export: the weight "${name}" does not fit`, {
      got: given ? `${showShape(given.shape)}, ${given.data.length} elements` : 'nothing',
      expected: showShape(shape),
    })
  }
}

/** Puts weights and controls in the place of the inputs for them; each weight has one value over all traces. */
function bound(
  { inputs, outputs, nodes }: Graph,
  weights: HostRecord,
  controls: Controls,
  constants: Map<string, Value>,
): Graph {
  const values = new Map<Value, Value>()
  for (const { name, value } of inputs)
    if (name.startsWith(CONTROL))
      values.set(value, makeValue([], 'float32', [controls[name.slice(CONTROL.length)]!]))
    else if (name.startsWith(WEIGHT)) {
      const weight = name.slice(WEIGHT.length)
      if (!constants.has(weight))
        constants.set(weight, makeValue(value.shape, 'float32', weights[weight]!.data))
      values.set(value, constants.get(weight)!)
    }
  const current = (value: Value) => values.get(value) ?? value
  return {
    inputs: inputs.filter(({ value }) => !values.has(value)),
    outputs: outputs.map(({ name, value }) => ({ name, value: current(value) })),
    nodes: nodes.map((node) => ({ ...node, inputs: node.inputs.map(current) })),
  }
}

/** Drops random numbers that only training reads; the function's own inputs stay, read or not. */
function pruneInputs(graph: Graph): Graph {
  const read = new Set([
    ...graph.nodes.flatMap((node) => node.inputs),
    ...graph.outputs.map(({ value }) => value),
  ])
  return { ...graph, inputs: graph.inputs.filter(({ value, draw }) => !draw || read.has(value)) }
}

/** `batch/input` is a name for sessions; a file says `input`. */
function plainNames(graph: Graph): Graph {
  return {
    ...graph,
    inputs: graph.inputs.map((input) => ({ ...input, name: input.name.replace(/^batch\//, '') })),
  }
}

/** Every extent that has a meaning of its own in the model. */
function extentsOf(model: Model, functionName: string): ReadonlySet<number> {
  const { inputs, outputs } = model.functions[functionName]!
  const shapes = [
    ...Object.values(inputs),
    ...Object.values(outputs),
    ...Object.values(model.weights).map(({ shape }) => shape),
    ...model.layers.flatMap((layer) => [layer.inputShape, layer.outputShape]),
  ]
  return new Set(shapes.flatMap((shape) => [...shape, sizeOf(shape)]))
}
