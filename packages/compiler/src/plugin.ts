import { definePlugin } from '@sandglass/core'
import { version } from '../package.json'
import { onnxruntime } from './backend'

/** Everything that this package defines. */
export const compiler = definePlugin({
  name: '@sandglass/compiler',
  version,
  apiVersion: 1,
  requires: ['@sandglass/core'],
  definitions: [onnxruntime],
})
