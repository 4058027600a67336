import { type Unavailable, unavailable } from './eager-backend'

/** Imports an optional peer, or says that it is not there and how to get it. Other failures are thrown. */
export async function importPeer<Module>(
  name: string,
  load: () => Promise<Module>,
): Promise<{ readonly module: Module } | Unavailable> {
  try {
    return { module: await load() }
  } catch (error) {
    if (!isMissing(error, name)) throw error
    return unavailable(`the package ${name} is not installed`, `Run: npm install ${name}`)
  }
}

function isMissing(error: unknown, name: string): boolean {
  if (!(error instanceof Error) || !error.message.includes(name)) return false
  const { code } = error as { code?: unknown }
  // Node says so by a code; bundlers and browsers by text.
  return (
    code === 'ERR_MODULE_NOT_FOUND' ||
    /^(Cannot find|Could not resolve|Failed to resolve)/.test(error.message)
  )
}
