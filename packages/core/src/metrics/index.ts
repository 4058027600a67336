import { roundedAccuracy } from './rounded-accuracy'

export { roundedAccuracy }

export const metrics = [roundedAccuracy] as const
