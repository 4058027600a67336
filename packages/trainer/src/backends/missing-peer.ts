import { isMissingPackage } from '@sandglass/core'
import { type Unavailable, unavailable } from './eager-backend'

/**
 * That an optional peer is not there, and how to get it; what else its import failed of is thrown. Such imports stand
 * within `try` themselves: only then do webpack and esbuild bundle what imports a package that is not installed.
 */
export function missingPeer(name: string, error: unknown): Unavailable {
  if (!isMissingPackage(error, name)) throw error
  return unavailable(`the package ${name} is not installed`, `Run: npm install ${name}`)
}
