import { define } from '@sandglass/core'
import { z } from 'zod'
import { createEagerBackend } from './eager-backend'
import { loadTensorflow } from './load-tensorflow'

/** The TensorFlow C library in Node on an NVIDIA GPU (tfjs-node-gpu). Unavailable where it would compute on the CPU. */
export const tensorflowGpu = define('backend', {
  type: 'tensorflow-gpu',
  description: 'the TensorFlow C library in Node, on an NVIDIA GPU with CUDA',
  aliases: { type: ['cuda', 'gpu', 'tfjsNodeGpu'] },
  schema: z.strictObject({}),
  build: () =>
    createEagerBackend({
      id: 'tensorflow-gpu',
      preference: 50,
      load: () => loadTensorflow('@tensorflow/tfjs-node-gpu'),
    }),
})
