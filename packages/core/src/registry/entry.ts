import type { Kind } from '../definition'

/** What is registered under a type. */
export interface Entry {
  readonly kind: Kind
  readonly type: string
  readonly description: string
  /** How it is called elsewhere. */
  readonly aliases?: readonly string[]
  readonly plugin: { readonly name: string; readonly version: string }
}
