import { dense } from './dense'
import { flatten } from './flatten'
import { reshape } from './reshape'

export { dense, flatten, reshape }

export const layers = [dense, flatten, reshape] as const
