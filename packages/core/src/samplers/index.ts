import type { SpecsOf } from '../definition'
import { standardNormal } from './standard-normal'

export { standardNormal }

export const samplers = [standardNormal] as const

declare module '../specs' {
  interface SamplerSpecs extends SpecsOf<typeof samplers> {}
}
