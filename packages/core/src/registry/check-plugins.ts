import { z } from 'zod'
import { describeValue } from '../describe-value'
import { SandglassError } from '../errors'
import type { Plugin } from '../plugin'

/** Throws `SandglassError` (`plugin`) on what is no list of plugins. */
export function checkPlugins(plugins: unknown): void {
  if (!Array.isArray(plugins))
    throw new SandglassError('plugin', 'plugins come as a list', {
      got: describeValue(plugins),
      expected: 'createRegistry([core, …])',
    })
  for (const plugin of plugins) {
    const { name, definitions } = (plugin ?? {}) as Partial<Plugin>
    const odd = Array.isArray(definitions) ? definitions.find((each) => !isDefinition(each)) : undefined
    if (typeof name === 'string' && Array.isArray(definitions) && odd === undefined) continue
    throw new SandglassError(
      'plugin',
      `${typeof name === 'string' ? `the plugin ${name}` : 'a plugin'} is malformed`,
      {
        got: odd === undefined ? describeValue(plugin) : `${describeValue(odd)} among its definitions`,
        expected:
          odd === undefined
            ? 'what definePlugin({ name, version, apiVersion, definitions }) returns'
            : 'what define, defineLayer… return',
        advice: typeof plugin === 'string' ? `Import it first: import plugin from '${plugin}'.` : undefined,
      },
    )
  }
}

function isDefinition(value: unknown): boolean {
  const { kind, type, load, schema, build } = (value ?? {}) as Record<string, unknown>
  if (typeof kind !== 'string' || typeof type !== 'string') return false
  return typeof load === 'function' || (schema instanceof z.ZodObject && typeof build === 'function')
}
