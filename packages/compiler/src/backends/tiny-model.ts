import { createBuilder } from '../graph/builder'
import { makeValue, type Node } from '../graph/graph'
import { encodeOnnx } from '../onnx/encode'

/** y = x·x + x for x `[2, 2]`, to try out a runtime: of 1, 2, 3, 4 it makes 8, 12, 18, 26. */
export function tinyModel(): Uint8Array {
  const nodes: Node[] = []
  const build = createBuilder(nodes)
  const x = makeValue([2, 2], 'float32')
  const y = build.emit('Add', [build.emit('MatMul', [x, x], [2, 2]), x], [2, 2])
  return encodeOnnx({ inputs: [{ name: 'x', value: x }], outputs: [{ name: 'y', value: y }], nodes })
}
