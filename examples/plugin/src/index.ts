import { definePlugin, type SpecsOf } from '@sandglass/core'
import { adversarial } from './adversarial.js'
import { codeNorms } from './code-norms.js'
import { maxout } from './maxout.js'
import { orthogonal } from './orthogonal.js'
import { parzen } from './parzen.js'
import { small } from './preset.js'
import { reached } from './reached.js'
import { rings } from './rings.js'
import { step } from './workload.js'

declare module '@sandglass/core' {
  interface LayerSpecs extends SpecsOf<readonly [typeof maxout]> {}
  interface RegularizerSpecs extends SpecsOf<readonly [typeof orthogonal]> {}
  interface ModelSpecs extends SpecsOf<readonly [typeof adversarial]> {}
  interface SamplerSpecs extends SpecsOf<readonly [typeof parzen]> {}
}

export { adversarial, codeNorms, maxout, orthogonal, parzen, reached, rings, small, step }

export default definePlugin({
  name: 'sandglass-plugin-rings',
  version: '1.0.0',
  apiVersion: 1,
  definitions: [maxout, orthogonal, adversarial, parzen, rings, reached, codeNorms, small, step],
})
