import { floatOf, type Node, splatOf } from '../graph/graph'
import { exponential, hyperbolicTangent, logarithm, logistic } from './vector-maths'
import type { PlainInstruction, WasmCode } from './wasm-code'

/** How an elementwise operator is computed, four elements at a time. */
export interface KernelOperator {
  /** Leaves the value on the stack; `args` are locals. */
  emit(w: WasmCode, args: readonly number[], node: Node): void
  /** Nanoseconds an element takes in ONNX Runtime beyond what any operator takes. Measured on a 2.5 GHz Xeon. */
  readonly runtimeCost?: number
  /** Nanoseconds an element takes in a kernel beyond what any operator takes. */
  readonly cost?: number
}

const plain = (...instructions: PlainInstruction[]): KernelOperator => ({
  emit: (w, args) => {
    for (const arg of args) w.get(arg)
    w.op(...instructions)
  },
})

/**
 * NaN wherever an argument is NaN. The instruction gives its first argument then, so a constant comes second; else it is
 * taken both ways: the bits of equal numbers, or those of NaN and a number, united. `f32x4.max` takes thrice as long.
 */
const extremum = (instruction: PlainInstruction): KernelOperator => ({
  emit: (w, [a, b], { inputs }) => {
    const constant = inputs.findIndex((value) => splatOf(value) !== undefined)
    const [first, second] = constant === 0 ? [b!, a!] : [a!, b!]
    w.get(first)
    w.get(second)
    w.op(instruction)
    if (constant >= 0) return
    w.get(second)
    w.get(first)
    w.op(instruction, 'v128.or')
  },
})

const comparison = (instruction: PlainInstruction): KernelOperator => ({
  ...plain(instruction),
})

/** γx above 0, γα(eˣ − 1) below. */
const exponentialUnit = (alpha: number): KernelOperator => ({
  emit: (w, [x], node) => {
    const below = w.newVector()
    const gamma = node.op === 'Selu' ? floatOf(node, 'gamma', 1.0507009873554805) : 1
    w.get(x!)
    w.floats(gamma)
    w.op('f32x4.mul')
    w.get(x!)
    w.floats(0)
    w.op('f32x4.pmin')
    w.set(below)
    exponential(w, below)
    w.floats(1)
    w.op('f32x4.sub')
    w.floats(gamma * floatOf(node, 'alpha', alpha))
    w.op('f32x4.mul')
    w.get(x!)
    w.floats(0)
    w.op('f32x4.gt', 'v128.bitselect')
  },
  runtimeCost: 3.4,
  cost: 2.3,
})

/** Powers that are a few instructions. */
const POWERS: Readonly<Record<number, (w: WasmCode, x: number) => void>> = {
  2: (w, x) => {
    w.get(x)
    w.get(x)
    w.op('f32x4.mul')
  },
  3: (w, x) => {
    w.get(x)
    w.get(x)
    w.get(x)
    w.op('f32x4.mul', 'f32x4.mul')
  },
  0.5: (w, x) => {
    w.get(x)
    w.op('f32x4.sqrt')
  },
}

/** Elementwise operators that kernels have. What is true or false is a mask of ones or zeros in a register. */
export const kernelOperators: Readonly<Record<string, KernelOperator>> = {
  Abs: plain('f32x4.abs'),
  Add: plain('f32x4.add'),
  Sub: plain('f32x4.sub'),
  Mul: plain('f32x4.mul'),
  Div: plain('f32x4.div'),
  Max: extremum('f32x4.pmax'),
  Min: extremum('f32x4.pmin'),
  Neg: plain('f32x4.neg'),
  Sqrt: plain('f32x4.sqrt'),
  Ceil: plain('f32x4.ceil'),
  Floor: plain('f32x4.floor'),
  Round: { ...plain('f32x4.nearest'), runtimeCost: 0.3 },
  Equal: comparison('f32x4.eq'),
  Greater: comparison('f32x4.gt'),
  GreaterOrEqual: comparison('f32x4.ge'),
  Less: comparison('f32x4.lt'),
  LessOrEqual: comparison('f32x4.le'),
  And: plain('v128.and'),
  Or: plain('v128.or'),
  Not: plain('v128.not'),
  Where: {
    emit: (w, [condition, yes, no]) => {
      w.get(yes!)
      w.get(no!)
      w.get(condition!)
      w.op('v128.bitselect')
    },
    runtimeCost: 0.9,
  },
  Cast: {
    emit: (w, [x], { inputs, outputs }) => {
      w.get(x!)
      if (inputs[0]!.dtype === outputs[0]!.dtype) return
      w.floats(outputs[0]!.dtype === 'bool' ? 0 : 1)
      w.op(outputs[0]!.dtype === 'bool' ? 'f32x4.ne' : 'v128.and')
    },
  },
  Relu: {
    emit: (w, [x]) => {
      w.get(x!)
      w.floats(0)
      w.op('f32x4.pmax')
    },
  },
  Reciprocal: {
    emit: (w, [x]) => {
      w.floats(1)
      w.get(x!)
      w.op('f32x4.div')
    },
  },
  Sign: {
    emit: (w, [x]) => {
      for (const direction of ['f32x4.gt', 'f32x4.lt'] as const) {
        w.get(x!)
        w.floats(0)
        w.op(direction)
        w.floats(1)
        w.op('v128.and')
      }
      w.op('f32x4.sub')
    },
  },
  Pow: { emit: (w, [x], { inputs }) => POWERS[splatOf(inputs[1]!)!]!(w, x!), runtimeCost: 2 },
  Exp: { emit: (w, [x]) => exponential(w, x!), runtimeCost: 0.15, cost: 1.6 },
  Log: { emit: (w, [x]) => logarithm(w, x!), runtimeCost: 3.1, cost: 3.6 },
  Sigmoid: { emit: (w, [x]) => logistic(w, x!), runtimeCost: 0.5, cost: 2 },
  Tanh: { emit: (w, [x]) => hyperbolicTangent(w, x!), runtimeCost: 0.35, cost: 3.5 },
  Elu: exponentialUnit(1),
  Selu: exponentialUnit(1.6732632423543772),
  LeakyRelu: {
    emit: (w, [x], node) => {
      w.get(x!)
      w.get(x!)
      w.floats(floatOf(node, 'alpha', 0.01))
      w.op('f32x4.mul')
      w.get(x!)
      w.floats(0)
      w.op('f32x4.gt', 'v128.bitselect')
    },
    runtimeCost: 0.3,
  },
}

/** Whether a power is one of those. */
export function hasPower({ inputs }: Node): boolean {
  const exponent = splatOf(inputs[1]!)
  return exponent !== undefined && exponent in POWERS
}
