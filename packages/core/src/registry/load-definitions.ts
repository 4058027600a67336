import type { Definition, LazyDefinition } from '../definition'
import { SandglassError } from '../errors'
import { checkKeys } from './check-keys'
import type { Entries } from './entries'
import type { Entry } from './entry'

/** Imports the lazy definitions that a spec may need, at any depth. Throws `SandglassError` (`plugin`) when one fails. */
export async function loadDefinitions(entries: Entries, spec: unknown): Promise<void> {
  checkKeys(spec, 'spec')
  const wanted = new Set<string>()
  collectTypes(spec, wanted)
  await Promise.all(
    entries.all().map(async ({ definition, ...entry }) => {
      if (wanted.has(entry.type) && 'load' in definition)
        entries.replace(entry, await loaded(entry, definition))
    }),
  )
}

async function loaded({ kind, type, plugin }: Entry, lazy: LazyDefinition): Promise<Definition> {
  const what = `${kind} "${type}" of plugin ${plugin.name} cannot be loaded`
  const definition = await lazy.load().catch((cause: unknown) => {
    throw new SandglassError('plugin', what, { got: String(cause), cause })
  })
  if (definition.kind !== kind || definition.type !== type)
    throw new SandglassError('plugin', what, {
      got: `the definition of ${definition.kind} "${definition.type}"`,
      expected: `that of ${kind} "${type}"`,
    })
  return definition
}

function collectTypes(value: unknown, types: Set<string>): void {
  if (typeof value === 'string') types.add(value)
  else if (typeof value === 'object' && value !== null)
    for (const child of Object.values(value)) collectTypes(child, types)
}
