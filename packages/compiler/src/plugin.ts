import { definePlugin } from '@sandglass/core'
import { version } from '../package.json'
import { backends } from './backends/index'

/** Everything that this package defines. */
export const compiler = definePlugin({
  name: '@sandglass/compiler',
  version,
  apiVersion: 1,
  requires: ['@sandglass/core'],
  definitions: [...backends],
})
