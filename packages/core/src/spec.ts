/** A value that survives JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/**
 * A plain, frozen, JSON-serialisable description of one thing; the registry gives `type` its meaning. (No interface: those
 * lack the index signature that makes what a plugin's factory returns a `ForeignSpec`.)
 */
export type Spec<Type extends string = string> = { readonly type: Type }

/** A spec of a third party: typed loosely until its package augments the map of its kind. */
export type ForeignSpec = Spec<`${string}/${string}`> & { readonly [option: string]: unknown }

/** Freezes a spec and all it contains. */
export function freezeDeep<T>(value: T): Readonly<T> {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !Object.isFrozen(value)) {
    for (const child of Object.values(value)) freezeDeep(child)
    Object.freeze(value)
  }
  return value
}
