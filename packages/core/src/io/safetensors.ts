import { SandglassError } from '../errors'
import { showShape } from '../shape'
import type { HostRecord, HostTensor } from '../tensors'
import { isChecksumKey, sign, verify, withChecksum, withoutChecksum } from './checksum'
import { dtypeOf, dtypes } from './dtypes'
import { byteLength, MAX_HEADER, MAX_TENSORS, nameFault, readHeader } from './safetensors-header'
import { forbiddenKeys, isWellFormed } from './strict-json'

export interface Safetensors {
  /** In the order of the header; every array is a copy. */
  readonly tensors: HostRecord
  readonly metadata: Record<string, string>
  /** Whether the file carried our checksum, which was then right; files of other programs carry none. */
  readonly checked: boolean
}

/**
 * Reads a safetensors file (https://huggingface.co/docs/safetensors): F32, I32 and U8 as they are, F16 and BF16 as
 * float32, BOOL as uint8. Everything is validated before anything is allocated; a file written by
 * `writeSafetensors` is refused when any byte of it has changed.
 *
 * `source` names the file in messages. Throws `SandglassError` (`file`) when the file is truncated, malformed or
 * damaged, or holds another dtype.
 */
export function readSafetensors(bytes: Uint8Array, source = 'safetensors data'): Safetensors {
  const { text, entries, metadata } = readHeader(bytes, source)
  const checksum = verify(bytes, text, metadata)
  if (checksum === 'wrong')
    throw new SandglassError('file', `${source} is corrupted`, {
      got: 'contents that do not match its checksum',
      expected: 'the file as it was written',
      advice: 'Use another copy, or an earlier checkpoint.',
    })
  const tensors = entries.map(({ name, dtype, shape, begin, end }): [string, HostTensor] => [
    name,
    { shape, data: dtypes[dtype]!.read(new Uint8Array(bytes.subarray(begin, end))) },
  ])
  return {
    tensors: Object.fromEntries(tensors),
    metadata: withoutChecksum(metadata),
    checked: checksum === 'right',
  }
}

/**
 * Writes a safetensors file that any program can read, with a checksum over all of it in the metadata. The same
 * tensors always give the same bytes.
 *
 * Throws `SandglassError` (`data`) when an array does not match its shape or is no Float32Array, Int32Array or
 * Uint8Array, or when a name cannot be stored.
 */
export function writeSafetensors(
  tensors: HostRecord,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  for (const [key, value] of Object.entries(metadata)) checkMetadata(key, value)
  for (const [name, tensor] of Object.entries(tensors)) checkTensor(name, tensor)

  // Wide elements first keeps every tensor aligned to its own element size.
  const order = Object.entries(tensors).sort(
    ([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT,
  )
  const offsets = new Map<string, number>()
  let length = 0
  for (const [name, { data }] of order) {
    offsets.set(name, length)
    length += data.byteLength
  }
  const descriptions = Object.entries(tensors).map(([name, { shape, data }]) => {
    const begin = offsets.get(name)!
    return [
      name,
      JSON.stringify({ dtype: dtypeOf(data), shape, data_offsets: [begin, begin + data.byteLength] }),
    ]
  })
  const notes = withChecksum(Object.entries(metadata)).map(([key, value]) => [key, JSON.stringify(value)])
  const header = new TextEncoder().encode(objectText([['__metadata__', objectText(notes)], ...descriptions]))
  const padded = Math.ceil(header.length / 8) * 8
  if (padded > MAX_HEADER || order.length > MAX_TENSORS)
    throw new SandglassError('data', 'too much to write beside the values', {
      got: `${order.length} tensors and a header of ${padded} bytes`,
      expected: `at most ${MAX_TENSORS} and ${MAX_HEADER}`,
      advice: 'Store large arrays as tensors rather than in the metadata.',
    })

  const bytes = new Uint8Array(8 + padded + length)
  new DataView(bytes.buffer).setUint32(0, padded, true)
  bytes.set(header, 8)
  bytes.fill(0x20, 8 + header.length, 8 + padded)
  for (const [name, { data }] of order)
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 8 + padded + offsets.get(name)!)
  sign(bytes)
  return bytes
}

/** Like `JSON.stringify`, but in the order given: objects move names like "0" to the front. */
function objectText(entries: readonly (readonly string[])[]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join()}}`
}

function checkTensor(name: string, { shape, data }: HostTensor): void {
  const what = `tensor ${JSON.stringify(name)} cannot be written`
  const fault =
    name === '__metadata__' ? 'is reserved by the format' : (nameFault(name) ?? surrogateFault(name))
  if (fault) throw new SandglassError('data', what, { got: `a name that ${fault}` })
  if (!dtypeOf(data))
    throw new SandglassError('data', what, {
      got: `a ${Object.prototype.toString.call(data).slice(8, -1)}`,
      expected: 'a Float32Array, Int32Array or Uint8Array',
    })
  const whole = shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)
  const length = whole ? byteLength(shape, data.BYTES_PER_ELEMENT) : undefined
  if (length !== data.byteLength)
    throw new SandglassError('data', what, {
      got: `${data.length} values`,
      expected:
        length === undefined
          ? `whole extents that fit, not ${showShape(shape)}`
          : `${length / data.BYTES_PER_ELEMENT} for ${showShape(shape)}`,
    })
}

function checkMetadata(key: string, value: string): void {
  const fault =
    surrogateFault(key) ??
    (forbiddenKeys.has(key) || isChecksumKey(key) ? 'is reserved' : undefined) ??
    (typeof value !== 'string' ? 'has a value that is no string' : surrogateFault(value))
  if (fault)
    throw new SandglassError('data', `metadata ${JSON.stringify(key)} cannot be written`, {
      got: `a key that ${fault}`,
    })
}

function surrogateFault(text: string): string | undefined {
  return isWellFormed(text) ? undefined : 'holds half a surrogate pair'
}
