import {
  onnxruntime,
  onnxruntimeCoreml,
  onnxruntimeCuda,
  onnxruntimeDirectml,
  onnxruntimeWebgpu,
} from './node-backends'
import { onnxruntimeWeb } from './web-backend'

export {
  onnxruntime,
  onnxruntimeCoreml,
  onnxruntimeCuda,
  onnxruntimeDirectml,
  onnxruntimeWeb,
  onnxruntimeWebgpu,
}

export const backends = [
  onnxruntime,
  onnxruntimeWebgpu,
  onnxruntimeCuda,
  onnxruntimeCoreml,
  onnxruntimeDirectml,
  onnxruntimeWeb,
] as const
