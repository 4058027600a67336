export {
  onnxruntime,
  onnxruntimeCoreml,
  onnxruntimeCuda,
  onnxruntimeDirectml,
  onnxruntimeWeb,
  onnxruntimeWebgpu,
} from './backends/index'
export { type ExportOptions, exportOnnx } from './export-onnx'
export type { Graph, GraphInput, GraphOutput, Node, Pass, Value } from './graph/graph'
export { printGraph } from './graph/print-graph'
export { type EncodeOptions, encodeOnnx } from './onnx/encode'
export { optimise } from './passes/index'
export { compiler } from './plugin'
export { type CompiledSessionOptions, openCompiledSession } from './session/compiled-session'
export type { Runtime } from './session/runtime'
export type { RuntimeOptions } from './session/runtime-options'
export { trace } from './trace/trace'
