import { classifier } from './classifier'
import { contractive } from './contractive'
import { convolutional } from './convolutional'
import { denoisingDropout } from './denoising-dropout'
import { denoisingGaussian } from './denoising-gaussian'
import { denoisingSaltAndPepper } from './denoising-salt-and-pepper'
import { greedy } from './greedy'
import { hashing } from './hashing'
import { linear } from './linear'
import type { Preset } from './preset'
import { pretraining } from './pretraining'
import { recurrent } from './recurrent'
import { sparseKl } from './sparse-kl'
import { sparseL1 } from './sparse-l1'
import { stacked } from './stacked'
import { tied } from './tied'

export type { Preset }
export { sparseKl }

/** In the order in which one learns about them, those of a family together. */
export const presets: readonly Preset[] = Object.freeze([
  linear,
  stacked,
  tied,
  greedy,
  convolutional,
  recurrent,
  denoisingGaussian,
  denoisingDropout,
  denoisingSaltAndPepper,
  sparseL1,
  sparseKl,
  contractive,
  hashing,
  classifier,
  pretraining,
])
