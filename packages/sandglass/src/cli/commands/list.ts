import { nearest, SandglassError } from '@sandglass/core'
import { defaultRegistry } from '../../node/index'
import { presets } from '../../presets/index'
import { defineCommand } from '../command'
import { table } from '../help'

export const list = defineCommand({
  name: 'list',
  summary: 'List presets, layers, losses, optimizers, datasets…',
  usage: '[kind] [options]',
  details: 'Every name here can stand in a spec file or an option.',
  examples: ['sandglass list', 'sandglass list optimizer', 'sandglass list layer --json'],
  positionals: [0, 1],
  options: { json: { description: 'Write one JSON document: kind, type, description and plugin of each' } },
  run: async ([asked], values, terminal) => {
    const own = presets.map(({ name, description }) => ({
      kind: 'preset',
      type: name,
      description,
      plugin: undefined,
    }))
    const all = [...own, ...defaultRegistry().list()]
    const kinds = [...new Set(all.map(({ kind }) => kind))]
    const kind = asked === undefined ? undefined : kindOf(asked, kinds)
    const shown = all.filter((entry) => kind === undefined || entry.kind === kind)
    if (values.json) terminal.out(`${JSON.stringify(shown, null, 2)}\n`)
    else
      terminal.out(
        `${kinds
          .filter((each) => kind === undefined || each === kind)
          .map(
            (each) =>
              `${each}\n${table(shown.filter((e) => e.kind === each).map((e) => [e.type, e.description]))}`,
          )
          .join('\n\n')}\n`,
      )
    return 0
  },
})

/** Plural forms are understood: `layers`, `losses`. */
function kindOf(asked: string, kinds: readonly string[]): string {
  const found = kinds.find((kind) => asked === kind || asked === `${kind}s` || asked === `${kind}es`)
  if (found) return found
  const close = nearest(asked, kinds)
  throw new SandglassError('spec', `unknown kind "${asked}"`, {
    expected: `one of ${kinds.join(', ')}`,
    advice: close ? `Did you mean "${close}"?` : undefined,
  })
}
