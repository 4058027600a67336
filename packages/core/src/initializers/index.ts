import type { SpecsOf } from '../definition'
import { constant } from './constant'
import { glorotNormal } from './glorot-normal'
import { glorotUniform } from './glorot-uniform'
import { heNormal } from './he-normal'
import { heUniform } from './he-uniform'
import { identity } from './identity'
import { lecunNormal } from './lecun-normal'
import { lecunUniform } from './lecun-uniform'
import { ones } from './ones'
import { orthogonal } from './orthogonal'
import { randomNormal } from './random-normal'
import { randomUniform } from './random-uniform'
import { truncatedNormal } from './truncated-normal'
import { varianceScaling } from './variance-scaling'
import { zeros } from './zeros'

export {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  identity,
  lecunNormal,
  lecunUniform,
  ones,
  orthogonal,
  randomNormal,
  randomUniform,
  truncatedNormal,
  varianceScaling,
  zeros,
}

export const initializers = [
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  identity,
  lecunNormal,
  lecunUniform,
  ones,
  orthogonal,
  randomNormal,
  randomUniform,
  truncatedNormal,
  varianceScaling,
  zeros,
] as const

declare module '../specs' {
  interface InitializerSpecs extends SpecsOf<typeof initializers> {}
}
