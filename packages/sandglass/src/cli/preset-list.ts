import { type Preset, presets } from '../presets/index'
import { table } from './help-table'

type Listed = Pick<Preset, 'name' | 'family' | 'description'>

/** Names and descriptions of presets under the headings of their families, in the order in which they are given. */
export function presetList(all: readonly Listed[] = presets): string {
  const width = Math.max(...all.map(({ name }) => name.length))
  return [...new Set(all.map(({ family }) => family))]
    .map((family) => {
      const members = all.filter((preset) => preset.family === family)
      const rows = members.map(({ name, description }) => [name.padEnd(width), description])
      return `  ${family.charAt(0).toUpperCase()}${family.slice(1)}\n${table(rows, '    ')}`
    })
    .join('\n')
}
