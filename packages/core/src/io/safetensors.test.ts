import { readFileSync } from 'node:fs'
import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HostRecord, HostTensor } from '../tensors'
import { readSafetensors, writeSafetensors } from './safetensors'
import { isWellFormed } from './strict-json'

/** A file with any header, right or wrong. */
function rawFile(header: unknown, data = new Uint8Array(0)): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header)
  const encoded = new TextEncoder().encode(text)
  const bytes = new Uint8Array(8 + encoded.length + data.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(encoded.length), true)
  bytes.set(encoded, 8)
  bytes.set(data, 8 + encoded.length)
  return bytes
}

const bytesOf = ({ data }: Pick<HostTensor, 'data'>) =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

const f32 = (shape: number[], ...offsets: number[]) => ({ dtype: 'F32', shape, data_offsets: offsets })

const name = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ unit: fc.constantFrom('0', '7', '/', '"', '\\', 'ö', '重', '🏺') }),
  )
  .filter((text) => isWellFormed(text) && !/__metadata__|__proto__|constructor|prototype/.test(text))

const shape = fc.array(fc.nat({ max: 4 }), { maxLength: 4 })

const tensor: fc.Arbitrary<HostTensor> = shape.chain((shape) => {
  const length = shape.reduce((a, b) => a * b, 1)
  const exactly = { minLength: length, maxLength: length }
  const data = fc.oneof(
    fc.float32Array(exactly),
    fc.int32Array(exactly),
    fc.uint8Array(exactly),
  ) as fc.Arbitrary<HostTensor['data']>
  return data.map((data) => ({ shape, data }))
})

const record: fc.Arbitrary<HostRecord> = fc.dictionary(name, tensor, { maxKeys: 6 })

describe('round trip', () => {
  test('any names, shapes, types and values come back bit for bit', () => {
    fc.assert(
      fc.property(record, fc.dictionary(name, name, { maxKeys: 4 }), (tensors, metadata) => {
        const bytes = writeSafetensors(tensors, metadata)
        const read = readSafetensors(bytes)
        expect(read.checked).toBe(true)
        expect(read.metadata).toEqual({ ...metadata })
        expect(Object.keys(read.tensors)).toEqual(Object.keys(tensors))
        for (const [name, { shape, data }] of Object.entries(tensors)) {
          const found = read.tensors[name]!
          expect(found.shape).toEqual(shape)
          expect(found.data.constructor).toBe(data.constructor)
          expect(Buffer.compare(bytesOf(found), bytesOf({ data }))).toBe(0)
        }
        expect(Buffer.compare(writeSafetensors(read.tensors, read.metadata), bytes)).toBe(0)
      }),
      { numRuns: 300, seed: 3 },
    )
  })

  test('the sign of zero and the bits of NaN are kept', () => {
    const bits = new Uint32Array([0x80000000, 0x7fc00001, 0xffffffff, 0x7f800000, 1])
    const data = new Float32Array(bits.buffer)
    const read = readSafetensors(writeSafetensors({ a: { shape: [5], data } })).tensors.a!
    expect(new Uint32Array(read.data.buffer)).toEqual(bits)
  })

  test('arrays are copies: neither the file nor the source shows through', () => {
    const data = Float32Array.of(1, 2)
    const bytes = writeSafetensors({ a: { shape: [2], data } })
    data[0] = 9
    const first = readSafetensors(bytes).tensors.a!.data
    expect([...first]).toEqual([1, 2])
    first[1] = 9
    expect([...readSafetensors(bytes).tensors.a!.data]).toEqual([1, 2])
  })

  test('works from the middle of a larger buffer, aligned or not', () => {
    const bytes = writeSafetensors({ a: { shape: [2], data: Float32Array.of(1, 2) } })
    for (let shift = 0; shift < 8; shift++) {
      const larger = Buffer.alloc(bytes.length + 20)
      larger.set(bytes, shift)
      const { a } = readSafetensors(larger.subarray(shift, shift + bytes.length)).tensors
      expect(a).toEqual({ shape: [2], data: Float32Array.of(1, 2) })
      larger.fill(0)
      expect([...a!.data]).toEqual([1, 2])
    }
  })

  test('data starts on 8 bytes and every tensor on its own element size', () => {
    const bytes = writeSafetensors({
      a: { shape: [3], data: Uint8Array.of(1, 2, 3) },
      b: { shape: [1], data: Float32Array.of(4) },
    })
    const length = new DataView(bytes.buffer).getUint32(0, true)
    expect(length % 8).toBe(0)
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))
    expect(header.b.data_offsets).toEqual([0, 4])
    expect(header.a.data_offsets).toEqual([4, 7])
  })
})

describe('files of other programs', () => {
  test('a file of the Python library is read bit for bit', () => {
    const read = readSafetensors(readFileSync(new URL('python.golden.safetensors', import.meta.url)))
    const golden = JSON.parse(readFileSync(new URL('python.golden.json', import.meta.url), 'utf8'))
    expect(read.checked).toBe(false)
    expect(read.metadata).toEqual({ 'made by': 'Python', note: 'a "quoted"\n线' })
    expect(Object.keys(read.tensors).sort()).toEqual(Object.keys(golden).sort())
    for (const [name, { shape, bits }] of Object.entries<{ shape: number[]; bits: number[] }>(golden)) {
      const { shape: found, data } = read.tensors[name]!
      expect(found).toEqual(shape)
      const expected = data instanceof Float32Array ? new Float32Array(Int32Array.from(bits).buffer) : bits
      // Object.is tells -0 from 0, and takes all NaN as one.
      expect(
        [...data].every((value, i) => Object.is(value, expected[i])),
        name,
      ).toBe(true)
      expect(data.length, name).toBe(expected.length)
    }
    expect(read.tensors.half!.data.some((value) => Object.is(value, -0))).toBe(true)
    expect(read.tensors.half!.data).toContain(2 ** -24)
    expect(read.tensors.counts!.data).toBeInstanceOf(Int32Array)
    expect(read.tensors.flags!.data).toEqual(Uint8Array.of(1, 0, 1))
  })

  test('an empty header and one without metadata are fine, and so is white space after it', () => {
    expect(readSafetensors(rawFile({})).tensors).toEqual({})
    expect(readSafetensors(rawFile('{"__metadata__":{}} \n ')).metadata).toEqual({})
    const data = new Uint8Array(Float32Array.of(1.5).buffer)
    expect(readSafetensors(rawFile({ a: f32([], 0, 4) }, data)).tensors.a!.data).toEqual(Float32Array.of(1.5))
  })
})

describe('damage to a file of ours', () => {
  const small = writeSafetensors(
    {
      'a/b': { shape: [2, 1], data: Float32Array.of(1, -2) },
      c: { shape: [3], data: Uint8Array.of(1, 2, 3) },
    },
    { note: 'x' },
  )

  test('every change of any one byte is refused', () => {
    const bytes = small.slice()
    for (let i = 0; i < bytes.length; i++) {
      const original = bytes[i]!
      for (let flip = 1; flip < 256; flip++) {
        bytes[i] = original ^ flip
        expectError(() => readSafetensors(bytes), { code: 'file' })
      }
      bytes[i] = original
    }
    expect(readSafetensors(bytes).checked).toBe(true)
  })

  test('every truncation and every extension is refused', () => {
    for (let length = 0; length < small.length; length++)
      expectError(() => readSafetensors(small.subarray(0, length)), {
        code: 'file',
        message: /truncated|malformed/,
      })
    for (const extra of [1, 7, 8, 4096]) {
      const longer = new Uint8Array(small.length + extra)
      longer.set(small)
      expectError(() => readSafetensors(longer), {
        code: 'file',
        message: new RegExp(`Got ${extra} bytes after the last tensor; expected the file to end with it`),
      })
    }
  })

  test('the messages tell damage from truncation and say what to do', () => {
    const changed = small.slice()
    changed[changed.length - 1]! ^= 1
    expectError(() => readSafetensors(changed, 'model.safetensors'), {
      message:
        /^model\.safetensors is corrupted\. Got contents that do not match its checksum; expected the file as it was written\. Use another copy/,
    })
    expectError(() => readSafetensors(small.subarray(0, small.length - 1), 'model.safetensors'), {
      message: new RegExp(
        `^model\\.safetensors is truncated\\. Got ${small.length - 1} bytes; expected ${small.length} bytes\\. Copy or download it again`,
      ),
    })
  })
})

describe('refused, by name', () => {
  const data = new Uint8Array(8)
  const two = '"dtype":"F32","shape":[2],"data_offsets":[0,8]'
  test.each<[string, Uint8Array, RegExp]>([
    ['nothing at all', new Uint8Array(0), /truncated\. Got 0 bytes; expected at least 8 bytes/],
    ['a length and no more', rawFile('{}').subarray(0, 8), /truncated.*a header that ends at byte 10/],
    [
      'a header longer than the cap',
      (() => {
        const b = rawFile('{}')
        b[3] = 2
        return b
      })(),
      /Got a header longer than any; expected a header of at most 16777216/,
    ],
    [
      'a header length over 2^32',
      (() => {
        const b = rawFile('{}')
        b[7] = 1
        return b
      })(),
      /Got a header longer than any/,
    ],
    [
      'a header that is not UTF-8',
      (() => {
        const b = rawFile('{"a"}')
        b[10] = 0xff
        return b
      })(),
      /not UTF-8/,
    ],
    ['a byte order mark', rawFile('\ufeff{}'), /does not begin with "\{"/],
    ['a leading space', rawFile(' {}'), /does not begin with "\{"/],
    ['an array', rawFile('[]'), /does not begin with "\{"/],
    ['no JSON', rawFile('{"a":'), /the header is not JSON/],
    ['a repeated tensor', rawFile(`{"a":{${two}},"a":{${two}}}`, data), /repeats the key "a"/],
    [
      'repeated offsets',
      rawFile(`{"a":{${two},"data_offsets":[0,8]}}`, data),
      /repeats the key "data_offsets"/,
    ],
    ['__proto__', rawFile(`{"__proto__":{${two}}}`, data), /forbidden key "__proto__"/],
    ['constructor', rawFile(`{"constructor":{${two}}}`, data), /forbidden key "constructor"/],
    ['prototype', rawFile(`{"prototype":{${two}}}`, data), /forbidden key "prototype"/],
    ['__proto__ in the metadata', rawFile('{"__metadata__":{"__proto__":"x"}}'), /forbidden key "__proto__"/],
    [
      '__proto__ within a name',
      rawFile(`{"a/__proto__/b":{${two}}}`, data),
      /whose name contains "__proto__"/,
    ],
    ['metadata that is a list', rawFile('{"__metadata__":["x"]}'), /metadata that is not a map of strings/],
    [
      'metadata that is a number',
      rawFile('{"__metadata__":{"a":1}}'),
      /metadata that is not a map of strings/,
    ],
    ['deep nesting', rawFile('{"a":{"shape":[[1]]}}'), /nests deeper than 3/],
    ['a null', rawFile('{"a":null}'), /something other than objects, arrays, strings and whole numbers/],
    [
      'a string for a tensor',
      rawFile('{"a":"b"}'),
      /tensor "a" described otherwise; expected dtype, shape and data_offsets/,
    ],
    [
      'a missing shape',
      rawFile('{"a":{"dtype":"F32","data_offsets":[0,8]}}', data),
      /tensor "a" described otherwise/,
    ],
    ['an extra property', rawFile(`{"a":{${two},"x":[]}}`, data), /tensor "a" described otherwise/],
    [
      'an unknown dtype',
      rawFile({ a: { dtype: 'Q7', shape: [8], data_offsets: [0, 8] } }, data),
      /dtype that cannot be read\. Got "Q7"; expected one of F32, I32, U8, BOOL, F16, BF16\. Convert it/,
    ],
    [
      'a dtype of the format that we do not read',
      rawFile({ a: { dtype: 'F64', shape: [1], data_offsets: [0, 8] } }, data),
      /dtype that cannot be read\. Got "F64"/,
    ],
    [
      'a dtype that every object has',
      rawFile({ a: { dtype: 'toString', shape: [8], data_offsets: [0, 8] } }, data),
      /dtype that cannot be read/,
    ],
    [
      'a negative extent',
      rawFile('{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}', data),
      /something other than/,
    ],
    [
      'a fractional extent',
      rawFile('{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}', data),
      /something other than/,
    ],
    [
      'an exponent',
      rawFile('{"a":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}', data),
      /something other than/,
    ],
    [
      'a shape in words',
      rawFile({ a: { dtype: 'F32', shape: '[2]', data_offsets: [0, 8] } }, data),
      /with the shape "\[2\]"; expected whole extents/,
    ],
    [
      'an extent in words',
      rawFile({ a: { dtype: 'F32', shape: ['2'], data_offsets: [0, 8] } }, data),
      /with the shape \["2"\]/,
    ],
    [
      'an extent beyond safe integers',
      rawFile('{"a":{"dtype":"U8","shape":[9007199254740993],"data_offsets":[0,8]}}', data),
      /with the shape/,
    ],
    ['a product that overflows', rawFile({ a: f32([2 ** 30, 2 ** 30], 0, 8) }, data), /larger than any/],
    [
      'a product that overflows to a zero',
      rawFile({ a: f32([2 ** 52, 2 ** 52, 0], 0, 0) }),
      /larger than any/,
    ],
    ['a bomb', rawFile({ a: f32([2 ** 48], 0, 2 ** 50) }), /truncated/],
    [
      'a wrong size',
      rawFile({ a: f32([3], 0, 8) }, data),
      /data_offsets \[0,8\]; expected 12 bytes for F32 of \[3\]/,
    ],
    ['offsets reversed', rawFile({ a: f32([2], 8, 0) }, data), /data_offsets \[8,0\]/],
    ['one offset', rawFile({ a: f32([2], 8) }, data), /expected \[begin, end\] in whole bytes/],
    ['three offsets', rawFile({ a: f32([2], 0, 8, 8) }, data), /expected \[begin, end\]/],
    [
      'a gap at the start',
      rawFile({ a: f32([1], 4, 8) }, data),
      /at data byte 4; expected it at data byte 0, with neither gap nor overlap/,
    ],
    [
      'a gap between',
      rawFile({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, new Uint8Array(12)),
      /tensor "b" at data byte 8; expected it at data byte 4/,
    ],
    [
      'an overlap',
      rawFile({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, data),
      /tensor "b" at data byte 4; expected it at data byte 8/,
    ],
    [
      'two tensors in one place',
      rawFile({ a: f32([2], 0, 8), b: f32([2], 0, 8) }, data),
      /at data byte 0; expected it at data byte 8/,
    ],
    [
      'an empty tensor within another',
      rawFile({ a: f32([2], 0, 8), b: f32([0], 4, 4) }, data),
      /tensor "b" at data byte 4/,
    ],
    ['trailing bytes', rawFile({ a: f32([1], 0, 4) }, data), /Got 4 bytes after the last tensor/],
    ['missing bytes', rawFile({ a: f32([4], 0, 16) }, data), /truncated/],
    ['half a surrogate pair', rawFile(`{"\\ud800":{${two}}}`, data), /half a surrogate pair/],
    [
      'a checksum that is not first',
      rawFile(
        `{"a":{${two}},"__metadata__":{"sandglass.sha256":"${'0'.repeat(64)}","sandglass.checksum":"sha256"}}`,
        data,
      ),
      /corrupted/,
    ],
    ['a mark without its checksum', rawFile('{"__metadata__":{"sandglass.checksum":"sha256"}}'), /corrupted/],
  ])('%s', (_, bytes, message) => {
    expectError(() => readSafetensors(bytes), { code: 'file', message })
  })

  test('hostile claims allocate nothing to speak of', () => {
    const claims = [
      rawFile({ a: f32([2 ** 40], 0, 2 ** 42) }),
      rawFile({ a: f32([2 ** 28], 0, 2 ** 30) }),
      rawFile(`{"a":${'['.repeat(500_000)}`),
      rawFile(`{"a":{"shape":[${'0,'.repeat(500_000)}0]}}`),
      (() => {
        const b = rawFile('{}')
        b.set([0, 0, 0, 1], 0)
        return b
      })(),
    ]
    for (const bytes of claims) {
      const before = process.memoryUsage().arrayBuffers
      expectError(() => readSafetensors(bytes), { code: 'file' })
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThanOrEqual(2 * bytes.length)
    }
  })
})

describe('cannot be written', () => {
  const one = Float32Array.of(1)

  test('as many tensors as may be written can be read, and no more', () => {
    const empty = { shape: [0], data: new Float32Array(0) }
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`t${i}`, empty]))
    expect(Object.keys(readSafetensors(writeSafetensors(many)).tensors).length).toBe(100_000)
    many.more = empty
    expectError(() => writeSafetensors(many), { code: 'data', message: /100001 tensors/ })
  })

  test.each<[string, HostRecord, RegExp]>([
    [
      'a wrong length',
      { a: { shape: [2, 3], data: one } },
      /tensor "a" cannot be written\. Got 1 values; expected 6 for \[2, 3\]/,
    ],
    [
      'a negative extent',
      { a: { shape: [-1, -1], data: one } },
      /expected whole extents that fit, not \[-1, -1\]/,
    ],
    [
      'extents that overflow to a zero',
      { a: { shape: [2 ** 52, 2 ** 52, 0], data: new Float32Array(0) } },
      /expected whole extents that fit/,
    ],
    [
      'a float64',
      { a: { shape: [1], data: Float64Array.of(1) as never } },
      /Got a Float64Array; expected a Float32Array, Int32Array or Uint8Array/,
    ],
    ['a list', { a: { shape: [1], data: [1] as never } }, /Got a Array/],
    [
      'the metadata key',
      { __metadata__: { shape: [1], data: one } },
      /a name that is reserved by the format/,
    ],
    ['__proto__', { ['__proto__']: { shape: [1], data: one } }, /a name that contains "__proto__"/],
    [
      'constructor in a name',
      { 'a/constructor': { shape: [1], data: one } },
      /a name that contains "constructor"/,
    ],
    ['half a surrogate pair', { 'a\ud800': { shape: [1], data: one } }, /half a surrogate pair/],
  ])('%s', (_, tensors, message) => {
    expectError(() => writeSafetensors(tensors), { code: 'data', message })
  })

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'our own key',
      { 'sandglass.sha256': 'x' },
      /metadata "sandglass.sha256" cannot be written\. Got a key that is reserved/,
    ],
    [
      '__proto__',
      JSON.parse('{"__proto__":"x"}'),
      /metadata "__proto__" cannot be written\. Got a key that is reserved/,
    ],
    ['a number', { a: 1 as never }, /a value that is no string/],
    [
      'too much',
      { a: 'x'.repeat(17 * 2 ** 20) },
      /too much to write beside the values.*at most 100000 and 16777216.*as tensors/,
    ],
  ])('metadata: %s', (_, metadata, message) => {
    expectError(() => writeSafetensors({}, metadata), { code: 'data', message })
  })
})
