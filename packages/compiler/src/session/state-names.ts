import type { StateNames } from './compiled-graph'
import { NEXT, SLOT, WEIGHT } from './step-graph'

/** State goes in as `weight/…` and `slot/…`. */
export const READS: StateNames = {
  input: (name) => name.startsWith(WEIGHT) || name.startsWith(SLOT),
  output: () => false,
}

/** A training step also gives it back. */
export const TRAINS: StateNames = {
  ...READS,
  output: (name) => name.startsWith(NEXT),
  replaced: (name) => (name.startsWith(NEXT) ? name.slice(NEXT.length) : undefined),
}
