import { definePlugin, type Registry } from '@sandglass/core'
import { version } from '../../package.json'
import { presets } from './index'
import { type Preset, presetDefinition } from './preset'

/** Our presets for a registry. */
export const presetPlugin = definePlugin({
  name: 'sandglass/presets',
  version,
  apiVersion: 1,
  definitions: presets.map(presetDefinition),
})

/** All presets of a registry, those of plugins too, in its order. */
export function presetsOf(registry: Registry): Preset[] {
  return registry.list('preset').flatMap(({ type }) => presetNamed(registry, type) ?? [])
}

/** The preset of this name, if there is one. A lazy definition must be loaded before. */
export function presetNamed(registry: Registry, name: string): Preset | undefined {
  const entry = registry.list('preset').find(({ type }) => type === name)
  return entry && ({ name, description: entry.description, ...registry.build('preset', name) } as Preset)
}
