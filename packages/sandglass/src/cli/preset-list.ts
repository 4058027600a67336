import { type Preset, presets } from '../presets/index'
import { table } from './help-table'

type Listed = Pick<Preset, 'name' | 'description'> & { readonly family?: string }

/** Presets in the order in which they are given, those of one family together; without a family first. */
export function byFamily(
  all: readonly Listed[],
): readonly (readonly [string | undefined, readonly Listed[]])[] {
  const families = new Map<string | undefined, Listed[]>()
  if (all.some(({ family }) => family === undefined)) families.set(undefined, [])
  for (const preset of all) families.set(preset.family, [...(families.get(preset.family) ?? []), preset])
  return [...families]
}

/** Names and descriptions of presets under the headings of their families. */
export function presetList(all: readonly Listed[] = presets): string {
  const width = Math.max(...all.map(({ name }) => name.length))
  return byFamily(all)
    .map(([family, members]) => {
      const rows = table(
        members.map(({ name, description }) => [name.padEnd(width), description]),
        family === undefined ? '  ' : '    ',
      )
      return family === undefined ? rows : `  ${family.charAt(0).toUpperCase()}${family.slice(1)}\n${rows}`
    })
    .join('\n')
}
