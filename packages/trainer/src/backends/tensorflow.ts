import { define } from '@sandglass/core'
import { z } from 'zod'
import { createEagerBackend } from './eager-backend'
import { loadTensorflow } from './load-tensorflow'

/** The TensorFlow C library in Node, on the CPU (tfjs-node). */
export const tensorflow = define('backend', {
  type: 'tensorflow',
  description: 'the TensorFlow C library in Node, on all cores of the CPU',
  aliases: { type: ['tf', 'tfjsNode', 'node'] },
  schema: z.strictObject({}),
  build: () =>
    createEagerBackend({
      id: 'tensorflow',
      preference: 40,
      load: () => loadTensorflow('@tensorflow/tfjs-node'),
    }),
})
