import { SandglassError } from '../errors'
import type { Shape } from '../shape'
import { dtypes } from './dtypes'
import { forbiddenKeys, parseStrictJson } from './strict-json'

/** Longest header that is read or written, in bytes. */
export const MAX_HEADER = 16 * 1024 * 1024

/** Most tensors in one file. */
export const MAX_TENSORS = 100_000

// Each tensor is an object with two arrays.
const limits = { depth: 3, containers: 3 * MAX_TENSORS + 2, plain: true }

/** Where one tensor lies; offsets in bytes from the start of the file. */
export interface TensorEntry {
  readonly name: string
  readonly dtype: string
  readonly shape: Shape
  readonly begin: number
  readonly end: number
}

export interface SafetensorsHeader {
  /** The header as it stands in the file. */
  readonly text: string
  /** In the order of the header. */
  readonly entries: readonly TensorEntry[]
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Reads and checks everything but the values: that the header is strict JSON of the right form, and that the tensors
 * tile the data exactly. Allocates in proportion to the header's bytes, never to what they claim.
 * `source` names the file in errors (code `file`).
 */
export function readHeader(bytes: Uint8Array, source: string): SafetensorsHeader {
  const text = headerText(bytes, source)
  const parsed = parseStrictJson(text, limits)
  if (parsed.fault !== undefined)
    throw malformed(source, `the header ${parsed.fault}`, 'the JSON header of a safetensors file')
  const { __metadata__: metadata = {}, ...tensors } = parsed.value as Record<string, unknown>
  if (!isObject(metadata) || Object.values(metadata).some((value) => typeof value !== 'string'))
    throw malformed(source, 'metadata that is not a map of strings', 'strings by name in __metadata__')
  const start = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  const entries = Object.entries(tensors).map(([name, value]) => entry(name, value, start, source))
  checkTiling(entries, start, bytes.length, source)
  return { text, entries, metadata: metadata as Record<string, string> }
}

function headerText(bytes: Uint8Array, source: string): string {
  if (bytes.length < 8) throw truncated(source, bytes.length, 'at least 8 bytes')
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const length = view.getUint32(0, true)
  if (view.getUint32(4, true) !== 0 || length > MAX_HEADER)
    throw malformed(source, 'a header longer than any', `a header of at most ${MAX_HEADER} bytes`)
  if (8 + length > bytes.length)
    throw truncated(source, bytes.length, `a header that ends at byte ${8 + length}`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, 8 + length))
  } catch (cause) {
    throw malformed(source, 'a header that is not UTF-8', 'the JSON header of a safetensors file', cause)
  }
  if (!text.startsWith('{'))
    throw malformed(source, 'a header that does not begin with "{"', 'the JSON header of a safetensors file')
  return text
}

function entry(name: string, value: unknown, start: number, source: string): TensorEntry {
  const tensor = `tensor ${JSON.stringify(name)}`
  if (nameFault(name)) throw malformed(source, `${tensor}, whose name ${nameFault(name)}`, 'an ordinary name')
  if (!isObject(value) || Object.keys(value).sort().join() !== 'data_offsets,dtype,shape')
    throw malformed(source, `${tensor} described otherwise`, 'dtype, shape and data_offsets')
  const { dtype, shape, data_offsets: offsets } = value
  const size = typeof dtype === 'string' && Object.hasOwn(dtypes, dtype) ? dtypes[dtype]!.size : undefined
  if (size === undefined)
    throw new SandglassError('file', `${source}: ${tensor} has a dtype that cannot be read`, {
      got: show(dtype),
      expected: `one of ${Object.keys(dtypes).join(', ')}`,
      advice: 'Convert it to F32 or I32 where the file was made.',
    })
  if (!isWholeNumbers(shape))
    throw malformed(source, `${tensor} with the shape ${show(shape)}`, 'whole extents')
  if (!isWholeNumbers(offsets) || offsets.length !== 2)
    throw malformed(source, `${tensor} with the data_offsets ${show(offsets)}`, '[begin, end] in whole bytes')
  const [begin, end] = offsets as [number, number]
  const length = byteLength(shape, size)
  if (length === undefined)
    throw malformed(source, `${tensor} of ${show(shape)}, larger than any`, 'a shape that fits')
  if (end - begin !== length)
    throw malformed(
      source,
      `${tensor} with data_offsets ${show(offsets)}`,
      `${length} bytes for ${dtype} of ${show(shape)}`,
    )
  return { name, dtype: dtype as string, shape, begin: start + begin, end: start + end }
}

/** Every byte of data must belong to exactly one tensor. */
function checkTiling(
  entries: readonly TensorEntry[],
  start: number,
  fileLength: number,
  source: string,
): void {
  let position = start
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== position)
      throw malformed(
        source,
        `tensor ${JSON.stringify(name)} at data byte ${begin - start}`,
        `it at data byte ${position - start}, with neither gap nor overlap`,
      )
    position = end
  }
  if (position > fileLength) throw truncated(source, fileLength, `${position} bytes`)
  if (position < fileLength)
    throw malformed(source, `${fileLength - position} bytes after the last tensor`, 'the file to end with it')
}

/** Bytes of a tensor, or undefined when that is no safe integer. */
export function byteLength(shape: Shape, size: number): number | undefined {
  let length = size
  for (const extent of shape) {
    length *= extent
    if (!Number.isSafeInteger(length)) return undefined
  }
  return length
}

/** What is wrong with a tensor's name, in words, if anything. */
export function nameFault(name: string): string | undefined {
  const part = name.split('/').find((segment) => forbiddenKeys.has(segment))
  return part && `contains "${part}"`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isWholeNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0)
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 80)
}

const damaged = 'The file is damaged or not a safetensors file; use another copy.'

function malformed(source: string, got: string, expected: string, cause?: unknown): SandglassError {
  return new SandglassError('file', `${source} is malformed`, { got, expected, advice: damaged, cause })
}

function truncated(source: string, length: number, expected: string): SandglassError {
  return new SandglassError('file', `${source} is truncated`, {
    got: `${length} bytes`,
    expected,
    advice: 'Copy or download it again.',
  })
}
