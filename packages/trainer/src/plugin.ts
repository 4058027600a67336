import { definePlugin } from '@sandglass/core'
import { version } from '../package.json'
import { backends } from './backends/index'
import { callbacks } from './callbacks/index'
import { optimizers } from './optimizers/index'
import { schedules } from './schedules/index'

/** Everything that this package defines. */
export const trainer = definePlugin({
  name: '@sandglass/trainer',
  version,
  apiVersion: 1,
  definitions: [...backends, ...optimizers, ...schedules, ...callbacks],
  requires: ['@sandglass/core'],
})
