import { z } from 'zod'
import type { Aliases } from './aliases'
import type { Kinds } from './kinds'
import { plainOptions } from './plain-options'
import { freezeDeep, type Spec } from './spec'

/** One of the kinds of thing a registry holds: layer, activation, loss, optimizer… */
export type Kind = keyof Kinds & string

/** What a spec of this kind is built into. */
export type Built<K extends Kind> = Kinds[K]['built']

/** What must be known about the surroundings to build a spec of this kind. */
export type Site<K extends Kind> = Kinds[K]['site']

/** Gives one spec type its meaning. */
export interface Definition<
  K extends Kind = Kind,
  Type extends string = string,
  Schema extends z.ZodObject = z.ZodObject,
> {
  readonly kind: K
  readonly type: Type
  /** Options of the spec, `type` excluded. */
  readonly schema: Schema
  /** One line for lists and help. */
  readonly description: string
  /** How it and its options are called elsewhere; only for errors and lists. */
  readonly aliases?: Aliases
  /** Builds a validated spec; nested specs come validated too. Throws `SandglassError` when it does not fit its site. */
  build(spec: never, site: Site<K>): Built<K>
}

/** A definition whose code is imported only when a spec asks for it, through `registry.load`. */
export interface LazyDefinition {
  readonly kind: Kind
  readonly type: string
  readonly description: string
  readonly aliases?: Aliases
  load(): Promise<Definition>
}

/** Makes specs of one type: `dense({ units: 100 })` is `{ type: 'dense', units: 100 }`, frozen. */
export type Factory<Type extends string, Schema extends z.ZodObject> = keyof Schema['shape'] extends never
  ? () => Spec<Type>
  : Partial<z.input<Schema>> extends z.input<Schema>
    ? (options?: z.input<Schema>) => Spec<Type> & Readonly<z.input<Schema>>
    : (options: z.input<Schema>) => Spec<Type> & Readonly<z.input<Schema>>

/** The specs that a definition accepts. */
export type SpecOf<D> = D extends (...options: never[]) => infer S ? (S extends Spec ? S : never) : never

/** `{ dense: DenseSpec, … }` from a list of definitions: what the augmentable spec maps extend. */
export type SpecsOf<List extends readonly unknown[]> = {
  [D in List[number] as SpecOf<D>['type']]: SpecOf<D>
}

interface Body<K extends Kind, Type extends string, Schema extends z.ZodObject> {
  type: Type
  description: string
  aliases?: Aliases<keyof Schema['shape'] & string>
  schema: Schema
  build(spec: Spec<Type> & z.output<Schema>, site: Site<K>): Built<K>
}

/** A definition that is also the factory of its specs. */
export type Defined<K extends Kind, Type extends string, Schema extends z.ZodObject> = Factory<Type, Schema> &
  Definition<K, Type, Schema>

/**
 * Defines one spec type. The result is both the factory that users call and the definition that plugins list.
 * Types of third parties are `namespace/name`. The factory throws `SandglassError` (`spec`) on what is no plain data;
 * whether the options fit the schema is seen when the spec is parsed.
 */
export function define<const K extends Kind, const Type extends string, Schema extends z.ZodObject>(
  kind: K,
  body: Body<K, Type, Schema>,
): Defined<K, Type, Schema>
export function define(kind: Kind, body: { type: string; schema: z.ZodObject }): object {
  const { type, schema } = body
  const factory = (options: object = {}) => freezeDeep({ type, ...plainOptions(type, schema, options) })
  return Object.assign(factory, { kind, ...body })
}

const references = new WeakMap<z.ZodType, Kind>()

/**
 * Schema of an option that is itself a spec: a full spec, or just its type when it needs no options
 * (`'selu'` for `{ type: 'selu' }`). The registry validates what it refers to.
 */
export function specRef<Input>(kind: Kind): z.ZodType<Spec, Input> {
  const schema = z
    .custom<Input>((value) => typeof value === 'string' || isSpec(value), {
      error: `expected a name, or an object like { "type": "…" }, for this ${kind}`,
    })
    .transform((value): Spec => (isSpec(value) ? value : { type: String(value) }))
  references.set(schema, kind)
  return schema
}

/** Whether a value has the form of a spec: an object with a type. */
export function isSpec(value: unknown): value is Spec {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

/** The kind that a schema made by `specRef` refers to. */
export function referredKind(schema: z.ZodType): Kind | undefined {
  return references.get(schema)
}
