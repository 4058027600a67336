import { version } from '../package.json'
import { activations } from './activations/index'
import { initializers } from './initializers/index'
import { layers } from './layers/index'
import { losses } from './losses/index'
import { metrics } from './metrics/index'
import { models } from './models/index'
import { definePlugin } from './plugin'
import { samplers } from './samplers/index'

/** Everything that this package defines. */
export const core = definePlugin({
  name: '@sandglass/core',
  version,
  apiVersion: 1,
  definitions: [...activations, ...initializers, ...layers, ...losses, ...metrics, ...models, ...samplers],
})
