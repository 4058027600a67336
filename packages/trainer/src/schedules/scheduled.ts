import type { Registry, Schedule, Spec } from '@sandglass/core'

/** A number that stays the same throughout, or what the spec of a schedule makes of it. */
export function scheduled(source: number | Spec, registry: Registry): Schedule {
  return typeof source === 'number' ? () => source : registry.build('schedule', source, { registry })
}
