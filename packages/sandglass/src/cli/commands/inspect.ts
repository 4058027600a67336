import { formatSummary, showShape, sizeOf, summary } from '@sandglass/core'
import { defineCommand } from '../command'
import { inspectModelFile, loadModelFile, modelPath } from '../foreign'
import { table } from '../help-table'
import { commandRegistry } from '../plugins'

export const inspect = defineCommand({
  name: 'inspect',
  summary: 'Show what is in a model file',
  usage: '<run | model.safetensors> [options]',
  details:
    'Layers and parameters, weights, controls, the plugins that the model needs, and what travels with it.',
  examples: ['sandglass inspect my-run', 'sandglass inspect model.safetensors --json'],
  positionals: [1, 1],
  options: { json: { description: 'Write one JSON document: spec, fields, weights, plugins, extras' } },
  run: async ([target], values, terminal) => {
    const path = await modelPath(target!)
    const contents = await inspectModelFile(path)
    const { spec, fields, plugins, weights, controls, extras, version } = contents
    if (values.json) {
      const shapes = Object.entries(weights).map(([name, { shape, data }]) => ({
        name,
        shape,
        parameters: data.length,
      }))
      terminal.out(
        `${JSON.stringify({ version, spec, fields, weights: shapes, plugins, controls, extras }, null, 2)}\n`,
      )
      return 0
    }
    const { model } = await loadModelFile(path, commandRegistry(terminal.plugins))
    const { provenance } = (extras ?? {}) as { provenance?: string }
    terminal.out(
      `${[
        `${spec.type}, model format ${version}`,
        provenance ? `Trained on: ${provenance}` : undefined,
        `Fields: ${Object.entries(fields)
          .map(([name, shape]) => `${name} ${showShape(shape)}`)
          .join(', ')}`,
        formatSummary(summary(model)),
        `Weights:\n${table(Object.entries(weights).map(([name, { shape }]) => [name, showShape(shape), sizeOf(shape).toLocaleString('en')]))}`,
        Object.keys(controls).length
          ? `Controls: ${Object.entries(controls)
              .map(([name, value]) => `${name} ${value}`)
              .join(', ')}`
          : undefined,
        `Plugins:\n${table(plugins.map((plugin) => [plugin.name, plugin.version, plugin.types.join(', ')]))}`,
      ]
        .filter(Boolean)
        .join('\n\n')}\n`,
    )
    return 0
  },
})
