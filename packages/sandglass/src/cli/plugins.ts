import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type HowToAdd, type Plugin, type Registry, SandglassError } from '@sandglass/core'
import { resolve as resolveModule } from 'import-meta-resolve'
import { defaultRegistry } from '../node/index'

/** Names of the file that says what every command in a folder uses. */
const CONFIGS = ['sandglass.config.js', 'sandglass.config.mjs']

/**
 * Plugins for the command line: those of `sandglass.config.js` in `folder`, whose default export is
 * `{ plugins: [plugin or module, …] }`, then those that are named, each a package installed there or a file. A module's
 * default export is a plugin or a list of them.
 *
 * Throws `SandglassError` (`plugin`) when a module cannot be found or loaded, or is no plugin.
 */
export async function loadPlugins(names: readonly string[], folder = process.cwd()): Promise<Plugin[]> {
  const config = CONFIGS.map((name) => join(folder, name)).find((path) => existsSync(path))
  const configured = config ? await readConfig(config) : []
  const found: Plugin[] = []
  for (const each of [...configured, ...names]) {
    const plugins = typeof each === 'string' ? await pluginsOf(each, folder) : [each]
    for (const plugin of plugins) if (!found.includes(plugin)) found.push(plugin)
  }
  return found
}

/** How plugins are added on the command line. */
export const byOption: HowToAdd = (what, name) =>
  name === undefined ? `Add ${what}: --plugin MODULE.` : `Add --plugin ${name}.`

/** The registry of everything in Sandglass and of plugins, for commands. */
export function commandRegistry(plugins: readonly Plugin[], datasetPlugin?: Plugin): Registry {
  return defaultRegistry({ plugins, howToAdd: byOption, ...(datasetPlugin && { datasetPlugin }) })
}

async function readConfig(path: string): Promise<(Plugin | string)[]> {
  const { default: config } = await load(path, pathToFileURL(path).href)
  const { plugins } = (config ?? {}) as { plugins?: unknown }
  const unknown = Object.keys(config ?? {}).find((key) => key !== 'plugins')
  const list = Array.isArray(plugins) ? plugins : undefined
  if (unknown !== undefined || !list?.every((each) => typeof each === 'string' || isPlugin(each)))
    throw new SandglassError('plugin', `${path} is malformed`, {
      got: unknown === undefined ? `plugins: ${describe(plugins)}` : `"${unknown}"`,
      expected: "export default { plugins: ['@acme/plugin', …] }, names of modules or plugins themselves",
    })
  return list as (Plugin | string)[]
}

async function pluginsOf(name: string, folder: string): Promise<Plugin[]> {
  const { default: exported } = await load(`the plugin ${name}`, locate(name, folder))
  const list = Array.isArray(exported) ? exported : [exported]
  if (list.length && list.every(isPlugin)) return list
  throw new SandglassError('plugin', `${name} is no plugin`, {
    got: `the default export ${describe(exported)}`,
    expected: 'what definePlugin({ name, version, apiVersion, definitions }) gives, or a list of such',
  })
}

/** The address of a module: a file, or a package as one in `folder` would import it. */
function locate(name: string, folder: string): string {
  const path = resolve(folder, name)
  if (/^[./~]|^[a-z]:[\\/]|\.[cm]?js$/i.test(name) || existsSync(path)) {
    if (existsSync(path)) return pathToFileURL(path).href
    throw new SandglassError('plugin', `the plugin ${name} cannot be found`, { got: `no file ${path}` })
  }
  try {
    return resolveModule(name, pathToFileURL(join(folder, 'any.js')).href)
  } catch (cause) {
    throw new SandglassError('plugin', `the plugin ${name} cannot be found`, {
      got: `no package of this name for ${folder}`,
      advice: `npm install ${name}, or give the path of a file: ./plugin.js`,
      cause,
    })
  }
}

async function load(what: string, url: string): Promise<{ default?: unknown }> {
  try {
    return (await import(url)) as { default?: unknown }
  } catch (cause) {
    throw new SandglassError('plugin', `${what} cannot be loaded`, {
      got: cause instanceof Error ? cause.message : String(cause),
      ...(cause instanceof SyntaxError && {
        advice: 'Let its name end in .mjs, or its package.json say "type": "module".',
      }),
      cause,
    })
  }
}

function isPlugin(value: unknown): value is Plugin {
  const { name, version, definitions } = (value ?? {}) as Partial<Plugin>
  return typeof name === 'string' && typeof version === 'string' && Array.isArray(definitions)
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  return Array.isArray(value)
    ? 'a list'
    : `an object with ${Object.keys(value).join(', ') || 'nothing in it'}`
}
