import type { KernelRules } from '../kernel'
import { convolutions } from './convolution'
import { elementwise } from './elementwise'
import { indexing } from './indexing'
import { matmul } from './matmul'
import { pooling } from './pooling'
import { reductions } from './reduction'
import { resizing } from './resizing'
import { shaping } from './shape'

/** Every tfjs kernel that can be traced, by name. */
export const kernelRules: KernelRules = {
  ...convolutions,
  ...elementwise,
  ...indexing,
  ...matmul,
  ...pooling,
  ...reductions,
  ...resizing,
  ...shaping,
}
