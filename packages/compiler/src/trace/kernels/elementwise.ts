import type { Builder } from '../../graph/builder'
import type { DType, Value } from '../../graph/graph'
import type { KernelRule, KernelRules } from '../kernel'

/** NumPy broadcasting of two shapes. */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1
    const y = b[i - rank + b.length] ?? 1
    return x === 1 ? y : x
  })
}

export const unary =
  (op: string): KernelRule =>
  ({ build, inputs: { x } }) =>
    build.emit(op, [x!], x!.shape)

const binary =
  (op: string, dtype?: DType): KernelRule =>
  ({ build, inputs: { a, b } }) =>
    build.emit(op, [a!, b!], broadcast(a!.shape, b!.shape), {}, dtype ?? a!.dtype)

/** A rule written as a formula of the input `x`. */
const formula =
  (f: (x: Value, o: Arithmetic, attributes: Record<string, never>) => Value): KernelRule =>
  ({ build, inputs: { x }, attributes }) =>
    f(x!, arithmetic(build), attributes as never)

/** Elementwise arithmetic on values and numbers. */
export interface Arithmetic {
  op(name: string, ...inputs: (Value | number)[]): Value
}

export function arithmetic(build: Builder): Arithmetic {
  return {
    op: (name, ...inputs) => {
      const reference = inputs.find((x) => typeof x !== 'number') as Value
      const values = inputs.map((x) => (typeof x === 'number' ? build.scalar(x, reference.dtype) : x))
      const shape = values.map((v) => v.shape as number[]).reduce(broadcast)
      return build.emit(name, values, shape, {}, values.at(-1)!.dtype)
    },
  }
}

/** |x|-safe e^x − 1 would need its own operator; this is tfjs's own definition too. */
const expm1 = formula((x, o) => o.op('Sub', o.op('Exp', x), 1))

/**
 * log(1 + eˣ) = relu(x) − log σ(|x|): ONNX Runtime's own Softplus is scalar code, these are vectorised.
 */
const softplus = formula((x, o) => o.op('Sub', o.op('Relu', x), o.op('Log', o.op('Sigmoid', o.op('Abs', x)))))

/** 1 where x > 0, `alpha` elsewhere. */
const step: KernelRule = ({ build, inputs: { x }, attributes: { alpha } }) => {
  const positive = build.emit('Greater', [x!, build.scalar(0)], x!.shape, {}, 'bool')
  return build.emit('Where', [positive, build.scalar(1), build.scalar(alpha ?? 0)], x!.shape, {}, 'float32')
}

const compare =
  (op: string): KernelRule =>
  ({ build, inputs: { a, b } }) =>
    build.emit(op, [a!, b!], broadcast(a!.shape, b!.shape), {}, 'bool')

const notEqual: KernelRule = ({ build, inputs: { a, b } }) => {
  const shape = broadcast(a!.shape, b!.shape)
  return build.emit('Not', [build.emit('Equal', [a!, b!], shape, {}, 'bool')], shape)
}

const cast: KernelRule = ({ build, inputs: { x }, attributes }) =>
  castTo(build, x!, attributes.dtype as DType)

export function castTo(build: Builder, x: Value, dtype: DType): Value {
  return x.dtype === dtype ? x : build.emit('Cast', [x], x.shape, { to: dtype }, dtype)
}

const SELU_ALPHA = 1.6732632423543772
const SELU_SCALE = 1.0507009873554805

/** tfjs passes the attributes of these as numbers; ONNX wants float attributes. */
const withAlpha =
  (op: string, attribute: string): KernelRule =>
  ({ build, inputs: { x }, attributes }) =>
    build.emit(op, [x!], x!.shape, { alpha: { float: attributes[attribute] as number } })

export const elementwise: KernelRules = {
  Abs: unary('Abs'),
  Acos: unary('Acos'),
  Acosh: unary('Acosh'),
  Asin: unary('Asin'),
  Asinh: unary('Asinh'),
  Atan: unary('Atan'),
  Atanh: unary('Atanh'),
  Ceil: unary('Ceil'),
  Cos: unary('Cos'),
  Cosh: unary('Cosh'),
  Erf: unary('Erf'),
  Exp: unary('Exp'),
  Floor: unary('Floor'),
  Log: unary('Log'),
  LogicalNot: unary('Not'),
  Neg: unary('Neg'),
  Reciprocal: unary('Reciprocal'),
  Relu: unary('Relu'),
  Round: unary('Round'),
  Sigmoid: unary('Sigmoid'),
  Sign: unary('Sign'),
  Sin: unary('Sin'),
  Sinh: unary('Sinh'),
  Sqrt: unary('Sqrt'),
  Tan: unary('Tan'),
  Tanh: unary('Tanh'),

  Add: binary('Add'),
  Sub: binary('Sub'),
  Multiply: binary('Mul'),
  RealDiv: binary('Div'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Pow: binary('Pow'),
  LogicalAnd: binary('And', 'bool'),
  LogicalOr: binary('Or', 'bool'),

  Equal: compare('Equal'),
  NotEqual: notEqual,
  Greater: compare('Greater'),
  GreaterEqual: compare('GreaterOrEqual'),
  Less: compare('Less'),
  LessEqual: compare('LessOrEqual'),

  AddN: ({ build, list }) => list.reduce((sum, x) => build.emit('Add', [sum, x], sum.shape)),
  Cast: cast,
  ClipByValue: formula((x, o, { clipValueMin, clipValueMax }) =>
    o.op('Min', o.op('Max', x, clipValueMin!), clipValueMax!),
  ),
  Elu: ({ build, inputs: { x } }) => build.emit('Elu', [x!], x!.shape),
  EluGrad: ({ build, inputs: { dy, y } }) => {
    // dy · (y > 0 ? 1 : y + 1) = dy · (min(y, 0) + 1)
    const { op } = arithmetic(build)
    return op('Mul', dy!, op('Add', op('Min', y!, 0), 1))
  },
  Expm1: expm1,
  FloorDiv: ({ build, inputs: { a, b } }) => {
    const { op } = arithmetic(build)
    return op('Floor', op('Div', a!, b!))
  },
  Identity: ({ inputs: { x } }) => x!,
  IsFinite: ({ build, inputs: { x } }) => {
    const bad = build.emit('Or', [isNaN_(build, x!), isInfinite(build, x!)], x!.shape, {}, 'bool')
    return build.emit('Not', [bad], x!.shape)
  },
  IsInf: ({ build, inputs: { x } }) => isInfinite(build, x!),
  IsNan: ({ build, inputs: { x } }) => isNaN_(build, x!),
  LeakyRelu: withAlpha('LeakyRelu', 'alpha'),
  Log1p: formula((x, o) => o.op('Log', o.op('Add', x, 1))),
  Mod: ({ build, inputs: { a, b } }) => {
    const { op } = arithmetic(build)
    return op('Sub', a!, op('Mul', b!, op('Floor', op('Div', a!, b!))))
  },
  Prelu: ({ build, inputs: { x, alpha } }) => build.emit('PRelu', [x!, alpha!], x!.shape),
  Relu6: formula((x, o) => o.op('Min', o.op('Relu', x), 6)),
  Rsqrt: formula((x, o) => o.op('Reciprocal', o.op('Sqrt', x))),
  Select: ({ build, inputs: { condition, t, e } }) => {
    const rank = t!.shape.length - condition!.shape.length
    const shape = [...condition!.shape, ...Array(rank).fill(1)]
    const aligned =
      rank > 0 && condition!.shape.length > 0
        ? build.emit('Reshape', [condition!, build.ints(shape)], shape)
        : condition!
    return build.emit('Where', [castTo(build, aligned, 'bool'), t!, e!], t!.shape, {}, t!.dtype)
  },
  Selu: ({ build, inputs: { x } }) =>
    build.emit('Selu', [x!], x!.shape, { alpha: { float: SELU_ALPHA }, gamma: { float: SELU_SCALE } }),
  Softplus: softplus,
  Square: formula((x, o) => o.op('Mul', x, x)),
  SquaredDifference: ({ build, inputs: { a, b } }) => {
    const { op } = arithmetic(build)
    const difference = op('Sub', a!, b!)
    return op('Mul', difference, difference)
  },
  Step: step,
}

function isNaN_(build: Builder, x: Value): Value {
  return build.emit('IsNaN', [x], x.shape, {}, 'bool')
}

function isInfinite(build: Builder, x: Value): Value {
  return build.emit('IsInf', [x], x.shape, {}, 'bool')
}
