/**
 * Gives Node's module `util` two functions that tfjs-node 4.22 calls: Node 23 removed them, and Node 22 warns of their use.
 */
export function repairUtil(util: Record<string, unknown>): void {
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined
  util.isArray = Array.isArray
}

/** The same as a statement, for programs given to `node -e`. */
export const REPAIR_UTIL = `(${repairUtil})(require('node:util'))`
