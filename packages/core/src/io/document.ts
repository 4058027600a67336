import { SandglassError } from '../errors'
import type { Json } from '../spec'
import type { HostRecord } from '../tensors'
import { assertJson } from './assert-json'
import { type ForeignFile, foreignFile, OF_OTHERS } from './foreign-file'
import { readSafetensors, type Safetensors, writeSafetensors } from './safetensors'
import { parseStrictJson } from './strict-json'

/** Limits on the JSON of a document. */
export const documentLimits = { depth: 100, containers: 500_000 }

/** A JSON value and named tensors in one file: what model files and checkpoints are built on. */
export interface SandglassDocument {
  /** What it is a file of: `model`, `checkpoint`… */
  readonly kind: string
  /** Version of the kind's format, from 1. */
  readonly version: number
  readonly json: Json
  readonly tensors: HostRecord
}

/**
 * Writes a document as a safetensors file, the JSON in its metadata, a checksum over everything.
 *
 * Throws `SandglassError` (`data`) when the JSON holds what JSON cannot keep (NaN, functions, `__proto__`…) or a
 * tensor cannot be written.
 */
export function encodeDocument({ kind, version, json, tensors }: SandglassDocument): Uint8Array<ArrayBuffer> {
  assertJson(json, kind, documentLimits)
  return writeSafetensors(tensors, {
    'sandglass.kind': kind,
    'sandglass.version': String(version),
    'sandglass.json': JSON.stringify(json),
  })
}

/**
 * Reads a document of `kind`, of any version up to `newest`. `source` names the file in messages.
 *
 * Throws `SandglassError` (`file`) when it is damaged, of another kind, or of a version from the future.
 */
export function decodeDocument(
  bytes: Uint8Array,
  kind: string,
  newest = 1,
  source = `${kind} file`,
): SandglassDocument {
  const { tensors, metadata, checked } = readOurs(bytes, kind, source)
  const found = metadata['sandglass.kind']
  if (found === undefined) throw notOurs(source, kind, OF_OTHERS)
  if (!checked)
    throw new SandglassError('file', `${source} was not written by Sandglass`, {
      got: 'a file without its checksum',
      expected: `a Sandglass ${kind}`,
      advice: 'Its tensors can still be read with readSafetensors.',
    })
  if (found !== kind)
    throw new SandglassError('file', `${source} is a Sandglass file of another kind`, {
      got: `a ${found}`,
      expected: `a ${kind}`,
    })
  const stated = metadata['sandglass.version'] ?? 'none'
  const version = /^[1-9]\d{0,8}$/.test(stated) ? Number(stated) : Number.NaN
  if (!(version <= newest))
    throw new SandglassError('file', `${source} has a format that this version cannot read`, {
      got: `${kind} format ${stated}`,
      expected: newest === 1 ? 'format 1' : `format 1 to ${newest}`,
      advice: 'It was made by a newer version: update @sandglass/core.',
    })
  const parsed = parseStrictJson(metadata['sandglass.json'] ?? '', documentLimits)
  if (parsed.fault !== undefined)
    throw new SandglassError('file', `${source} is malformed`, { got: `a description that ${parsed.fault}` })
  return { kind, version, json: parsed.value as Json, tensors }
}

/** Where the bytes are no safetensors file at all, they may be a file of another program. */
function readOurs(bytes: Uint8Array, kind: string, source: string): Safetensors {
  try {
    return readSafetensors(bytes, source)
  } catch (error) {
    const foreign = foreignFile(bytes)
    throw foreign && foreign !== OF_OTHERS ? notOurs(source, kind, foreign, error) : error
  }
}

function notOurs(
  source: string,
  kind: string,
  { what, holds }: ForeignFile,
  cause?: unknown,
): SandglassError {
  return new SandglassError('file', `${source} was not written by Sandglass`, {
    got: what,
    expected: `a Sandglass ${kind}`,
    advice: adviceFor[holds],
    cause,
  })
}

const adviceFor: Readonly<Record<ForeignFile['holds'], string | undefined>> = {
  model:
    'Describe its layers as a spec and train that; its weights, saved as safetensors, can be read with readSafetensors and given to fit as initialWeights.',
  tensors: 'Its tensors can be read with readSafetensors and given to fit as initialWeights.',
  spec: 'Train it first: fit(spec, data, options).',
  data: undefined,
  other: undefined,
}
