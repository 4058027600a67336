import type { Exhibit, ExhibitInput, Registry } from '@sandglass/core'

/** Everything there is to show of a trained model: what each exhibit of the registry makes of it, in that order. */
export async function makeExhibits(registry: Registry, input: ExhibitInput): Promise<Exhibit[]> {
  const types = registry.list('exhibit').map(({ type }) => type)
  await registry.load(types)
  const exhibits: Exhibit[] = []
  for (const type of types) exhibits.push(...(await registry.build('exhibit', type)(input)))
  return exhibits
}

/** What `ExhibitInput.shared` is: work under a name is done once. */
export function createShared(): ExhibitInput['shared'] {
  const done = new Map<string, Promise<unknown>>()
  return <T>(name: string, make: () => Promise<T>) => {
    if (!done.has(name)) done.set(name, make())
    return done.get(name) as Promise<T>
  }
}
