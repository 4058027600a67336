import type { Shape } from './shape'

/** One batch, not yet gathered: a session has it written straight into its own buffers. */
export interface Batch {
  /** Number of samples. */
  readonly size: number
  /** Shapes without the batch, by field. */
  readonly fields: Readonly<Record<string, Shape>>
  /**
   * Writes `[size, …shape]` of one field, row-major, in the precision of `out`: what is stored in double precision stays
   * so in a `Float64Array`.
   */
  fill(field: string, out: Float32Array | Float64Array): void
}
