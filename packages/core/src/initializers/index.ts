import { glorotUniform } from './glorot-uniform'
import { zeros } from './zeros'

export { glorotUniform, zeros }

export const initializers = [glorotUniform, zeros] as const
