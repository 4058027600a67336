import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../spec'
import { decodeDocument, encodeDocument } from './document'
import { readSafetensors, writeSafetensors } from './safetensors'

const tensors = { a: { shape: [2], data: Float32Array.of(1, -2) } }
const encode = (json: Json, version = 1) => encodeDocument({ kind: 'notes', version, json, tensors })
const withMetadata = (metadata: Record<string, string>) => writeSafetensors(tensors, metadata)

test('JSON and tensors come back', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), fc.integer({ min: 1, max: 9 }), (json, version) => {
      const text = JSON.stringify(json)
      fc.pre(!/"(__proto__|constructor|prototype)":/.test(text))
      const found = decodeDocument(encode(json as Json, version), 'notes', 9)
      expect(found).toEqual({ kind: 'notes', version, json: JSON.parse(text), tensors })
    }),
    { numRuns: 300, seed: 5 },
  )
})

test('the same document gives the same bytes', () => {
  expect(encode({ a: [1, 2] })).toEqual(encode({ a: [1, 2] }))
})

test('a document is a plain safetensors file for others', () => {
  expect(readSafetensors(encode([1])).metadata).toEqual({
    'sandglass.kind': 'notes',
    'sandglass.version': '1',
    'sandglass.json': '[1]',
  })
})

test('every truncation and every changed bit is refused', () => {
  const bytes = encode({ epoch: 3, loss: [0.25, 0.125] })
  for (let length = 0; length < bytes.length; length++)
    expectError(() => decodeDocument(bytes.subarray(0, length), 'notes'), { code: 'file' })
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    bytes[bit >> 3]! ^= 1 << (bit & 7)
    expectError(() => decodeDocument(bytes, 'notes'), { code: 'file' })
    bytes[bit >> 3]! ^= 1 << (bit & 7)
  }
  expect(decodeDocument(bytes, 'notes').json).toEqual({ epoch: 3, loss: [0.25, 0.125] })
})

describe('refused', () => {
  test.each<[string, Uint8Array, RegExp]>([
    [
      'another kind',
      encode({}),
      /^x\.safetensors is a Sandglass file of another kind\. Got a notes; expected a model/,
    ],
    [
      'a file of another program',
      withMetadata({ format: 'pt' }),
      /^x\.safetensors was not written by Sandglass\. Got a safetensors file of another program; expected a Sandglass model\. Its tensors can be read with readSafetensors/,
    ],
    [
      'no JSON',
      withMetadata({ 'sandglass.kind': 'model', 'sandglass.version': '1' }),
      /a description that is not JSON/,
    ],
    [
      'a repeated key',
      withMetadata({
        'sandglass.kind': 'model',
        'sandglass.version': '1',
        'sandglass.json': '{"a":1,"a":2}',
      }),
      /a description that repeats the key "a"/,
    ],
    [
      '__proto__',
      withMetadata({
        'sandglass.kind': 'model',
        'sandglass.version': '1',
        'sandglass.json': '{"__proto__":{"x":1}}',
      }),
      /a description that has the forbidden key "__proto__"/,
    ],
    [
      'a thousand brackets',
      withMetadata({
        'sandglass.kind': 'model',
        'sandglass.version': '1',
        'sandglass.json': '['.repeat(1000),
      }),
      /a description that nests deeper than 100/,
    ],
  ])('%s', (_, bytes, message) => {
    expectError(() => decodeDocument(bytes, 'model', 1, 'x.safetensors'), { code: 'file', message })
  })

  test.each(['2', '0', '-1', '1.0', '01', 'one', '', '99999999999'])('version "%s"', (version) => {
    const bytes = withMetadata({
      'sandglass.kind': 'model',
      'sandglass.version': version,
      'sandglass.json': '{}',
    })
    const message = new RegExp(
      `^model file has a format that this version cannot read\\. Got model format ${version}; expected format 1\\..* update @sandglass/core`,
    )
    expectError(() => decodeDocument(bytes, 'model'), { code: 'file', message })
  })

  test('a file without its checksum, as one edited by another program may be', () => {
    const header = JSON.stringify({ __metadata__: readSafetensors(encode({})).metadata })
    const bytes = new Uint8Array(8 + header.length)
    new DataView(bytes.buffer).setUint32(0, header.length, true)
    bytes.set(new TextEncoder().encode(header), 8)
    expectError(() => decodeDocument(bytes, 'notes'), {
      code: 'file',
      message: /Got a file without its checksum/,
    })
  })

  test('JSON that would not come back, at the time of writing', () => {
    expectError(() => encode({ loss: Number.NaN }), {
      code: 'data',
      message: /^notes\.loss cannot be written as JSON/,
    })
  })
})
