import { z } from 'zod'
import type { Attachments } from '../attachment'
import { type Controls, checkControls } from '../control'
import { isSandglassError, SandglassError } from '../errors'
import type { Model } from '../model'
import type { Registry } from '../registry'
import type { Shape } from '../shape'
import type { Json, Spec } from '../spec'
import type { HostRecord } from '../tensors'
import { attachmentsSchema, packAttachments, unpackAttachments } from './attachments'
import { checkWeights } from './check-weights'
import { decodeDocument, encodeDocument } from './document'

const KIND = 'model'
const VERSION = 1

export interface ModelFile {
  readonly model: Model
  /** By full name. */
  readonly weights: HostRecord
  /** What was fitted beside the weights, by name. */
  readonly attachments?: Attachments
  /** The values that the model's controls had last. */
  readonly controls?: Controls
  /** Anything else that should travel with the model, as plain JSON: where its data came from, names of classes. */
  readonly extras?: Json
}

/** A plugin that a model file needs. */
export interface UsedPlugin {
  readonly name: string
  readonly version: string
  /** What of it the model uses: `layer/dense`. */
  readonly types: readonly string[]
}

/** What a model file says, before anything is built from it. */
export interface ModelFileContents {
  readonly version: number
  readonly spec: Spec
  /** Shapes of the data's fields without the batch. */
  readonly fields: Readonly<Record<string, Shape>>
  readonly plugins: readonly UsedPlugin[]
  readonly weights: HostRecord
  readonly attachments: Attachments
  readonly controls: Controls
  readonly extras: Json
}

/**
 * Writes a model as one safetensors file: spec, field shapes, the plugins that give its spec meaning, the values
 * of its controls, `extras`, and as tensors its weights (under their names) and those of its attachments
 * (`attachments/<name>/<tensor>`).
 *
 * Throws `SandglassError`: `data` when the weights are not those of the model, or `extras` or the spec of an attachment
 * is not JSON; `spec` on the value of a control that the model does not declare.
 */
export function encodeModel({
  model,
  weights,
  attachments = {},
  controls = {},
  extras = {},
}: ModelFile): Uint8Array<ArrayBuffer> {
  checkWeights(model, weights, 'data', 'the model cannot be saved')
  checkControls(model.controls, controls)
  const { spec, fields, registry } = model
  const packed = packAttachments(attachments, registry, weights)
  const plugins = usedPlugins(registry, spec)
  const json = { spec, fields, plugins, controls, attachments: packed.json, extras } as unknown as Json
  return encodeDocument({ kind: KIND, version: VERSION, json, tensors: { ...weights, ...packed.tensors } })
}

const contentsSchema = z.strictObject({
  spec: z.looseObject({ type: z.string() }),
  fields: z.record(z.string(), z.array(z.int().nonnegative())),
  plugins: z.array(z.strictObject({ name: z.string(), version: z.string(), types: z.array(z.string()) })),
  controls: z.record(z.string(), z.number()).default({}),
  attachments: attachmentsSchema,
  extras: z.unknown(),
})

/**
 * Reads what a model file says without building the model, so no plugin is needed. `source` names it in messages.
 *
 * Throws `SandglassError` (`file`) when it is damaged, no model, or of a newer format.
 */
export function inspectModel(bytes: Uint8Array, source = 'model file'): ModelFileContents {
  const { version, json, tensors } = decodeDocument(bytes, KIND, VERSION, source)
  const result = contentsSchema.safeParse(json)
  if (!result.success)
    throw new SandglassError('file', `${source} is malformed`, {
      got: `a description with a wrong ${result.error.issues[0]!.path.join('.') || 'form'}`,
      expected: 'spec, fields, plugins, controls, attachments and extras',
      cause: result.error,
    })
  const { extras, attachments: described, ...rest } = result.data
  const { attachments, weights } = unpackAttachments(described, tensors, source)
  return { version, ...rest, attachments, extras: extras as Json, weights }
}

/**
 * Reads a model file and builds its model. Lazy definitions must be loaded before (`registry.load(inspectModel(bytes)
 * .spec)`); `loadModel` does that.
 *
 * Throws `SandglassError`: `plugin` when the registry lacks a plugin that the model uses, `file` when the file is
 * damaged, of a newer format, or its weights are not those of its spec.
 */
export function decodeModel(
  bytes: Uint8Array,
  registry: Registry,
  source = 'model file',
): Required<ModelFile> {
  return buildModel(inspectModel(bytes, source), registry, source)
}

/** Builds the model that a file describes and checks its weights against it. */
export function buildModel(
  { spec, fields, plugins, weights, attachments, controls, extras }: ModelFileContents,
  registry: Registry,
  source: string,
): Required<ModelFile> {
  checkPlugins(plugins, registry, source)
  const model = build(spec, fields, registry, source)
  checkStoredControls(model, controls, source)
  checkWeights(model, weights, 'file', `${source} does not fit its own model`)
  // In the model's order, whatever the file's.
  const ordered = Object.fromEntries(Object.keys(model.weights).map((name) => [name, weights[name]!]))
  return { model, weights: ordered, attachments, controls, extras }
}

function build(spec: Spec, fields: ModelFileContents['fields'], registry: Registry, source: string): Model {
  try {
    return registry.build('model', spec, { registry, fields })
  } catch (error) {
    if (isSandglassError(error) && error.code === 'plugin') throw error
    throw new SandglassError('file', `${source} describes a model that cannot be built`, {
      got: error instanceof Error ? error.message : String(error),
      advice: 'The definitions may have changed since: use the plugin versions that the file names.',
      cause: error,
    })
  }
}

function checkStoredControls(model: Model, controls: Controls, source: string): void {
  const declared = Object.keys(model.controls ?? {})
  const unknown = Object.keys(controls).find((name) => !declared.includes(name))
  if (unknown === undefined) return
  throw new SandglassError('file', `${source} does not fit its own model`, {
    got: `a value of the control "${unknown}"`,
    expected: declared.length ? `controls named ${declared.join(', ')}` : 'no controls',
  })
}

function checkPlugins(plugins: readonly UsedPlugin[], registry: Registry, source: string): void {
  for (const { name, version, types } of plugins) {
    const missing = types.filter((type) => {
      const slash = type.indexOf('/')
      return !registry.has(type.slice(0, slash) as never, type.slice(slash + 1))
    })
    if (!missing.length) continue
    const present = registry.plugins.find((plugin) => plugin.name === name)
    throw new SandglassError('plugin', `${source} needs the plugin ${name} for ${missing.join(', ')}`, {
      got: present ? `${name} ${present.version}, which lacks it` : 'no plugin of this name',
      expected: `${name} ${version}, with which the file was made`,
      advice: present
        ? `Update it: npm install ${name}@${version}.`
        : `Install it with npm install ${name}. ${registry.howToAdd(name, name)}`,
    })
  }
}

function usedPlugins(registry: Registry, spec: Spec): UsedPlugin[] {
  const byPlugin = new Map<string, { name: string; version: string; types: string[] }>()
  for (const { kind, type, plugin } of registry.uses('model', spec)) {
    const used = byPlugin.get(plugin.name) ?? { ...plugin, types: [] }
    used.types.push(`${kind}/${type}`)
    byPlugin.set(plugin.name, used)
  }
  return [...byPlugin.values()]
}
