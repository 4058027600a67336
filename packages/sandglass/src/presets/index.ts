import type { Preset } from './preset'
import { sparseKl } from './sparse-kl'

export type { Preset }
export { sparseKl }

export const presets: readonly Preset[] = Object.freeze([sparseKl])
