import type { Backend, Program, Registry } from '@sandglass/core'
import { selectBackend } from '../backends/select-backend'

/** A backend itself, or the one of this name (`auto` for the fastest that can run the program) in the registry. */
export async function backendOf(
  wanted: Backend | string,
  registry: Registry,
  program: Program,
): Promise<Backend> {
  if (typeof wanted !== 'string') return wanted
  const types = registry.list('backend').map(({ type }) => type)
  await registry.load(types)
  const plain = types.filter((type) => registry.get('backend', type).schema.safeParse({}).success)
  const candidates = plain.map((type) => registry.build('backend', { type }))
  return (await selectBackend(wanted, candidates, program)).backend
}
