import { sameExtents, type Value } from '../graph/graph'
import { type Rule, rewrite } from './rewrite'

/** A·B with the transposes folded in: `Gemm(transA, transB)`. */
const fromMatMul: Rule = ({ op, inputs, outputs }, { build, producer }) => {
  if (op !== 'MatMul' || outputs[0]!.shape.length !== 2) return
  const plain = (value: Value) => {
    const node = producer(value)
    return node?.op === 'Transpose' ? { value: node.inputs[0]!, flipped: 1 } : { value, flipped: 0 }
  }
  const [a, b] = [plain(inputs[0]!), plain(inputs[1]!)]
  return [build.emit('Gemm', [a.value, b.value], outputs[0]!.shape, { transA: a.flipped, transB: b.flipped })]
}

/** A·B + c. */
const bias: Rule = ({ op, inputs, outputs }, { build, producer, uses }) => {
  if (op !== 'Add') return
  const shape = outputs[0]!.shape
  for (const [i, value] of inputs.entries()) {
    const gemm = producer(value)
    const other = inputs[1 - i]!
    if (
      gemm?.op !== 'Gemm' ||
      gemm.inputs.length !== 2 ||
      uses(value) !== 1 ||
      !sameExtents(value.shape, shape)
    )
      continue
    if (producer(other)?.op === 'Gemm' && uses(other) === 1 && i === 0) continue
    return [build.emit('Gemm', [...gemm.inputs, other], shape, gemm.attributes)]
  }
  return
}

/**
 * w − η·(A·B) becomes one GEMM, w + (−η·B)ᵀ… : scaling the smaller factor is cheaper than two passes over the weights.
 */
const update: Rule = ({ op, inputs, outputs }, { build, producer, uses }) => {
  if (op !== 'Sub') return
  const [w, step] = inputs as [Value, Value]
  const product = producer(step)
  if (product?.op !== 'Mul' || uses(step) !== 1) return
  const scale = product.inputs.find((value) => value.shape.length === 0)
  const gradient = product.inputs.find((value) => value !== scale)
  if (!scale || !gradient || uses(gradient) !== 1 || !sameExtents(gradient.shape, w.shape)) return
  const made = producer(gradient)
  const negative = () => build.emit('Neg', [scale], [])
  if (made?.op === 'Gemm' && made.inputs.length === 2) {
    const [a, b] = made.inputs as [Value, Value]
    const scaled = build.emit('Mul', [b, negative()], b.shape)
    return [build.emit('Gemm', [a, scaled, w], outputs[0]!.shape, made.attributes)]
  }
  if (made?.op === 'ReduceSum') {
    const [x, axes] = made.inputs as [Value, Value]
    const scaled = build.emit('Mul', [x, negative()], x.shape)
    return [
      build.emit(
        'Add',
        [w, build.emit('ReduceSum', [scaled, axes], gradient.shape, made.attributes)],
        w.shape,
      ),
    ]
  }
  return
}

/** Turns matrix products and what is added to them into GEMMs. */
export const fuseGemms = rewrite(fromMatMul, bias, update)
