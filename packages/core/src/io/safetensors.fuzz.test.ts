import { expect, test } from 'vitest'
import { isSandglassError } from '../errors'
import { readSafetensors } from './safetensors'

// 50,000 structurally mutated files with a fixed seed, each judged by a second, slow reader that shares no code with
// the first. SANDGLASS_FUZZ=1000000 runs more.
const runs = Number(process.env.SANDGLASS_FUZZ ?? 50_000)

type Random = () => number
type Entry = { dtype: unknown; shape: unknown; data_offsets: unknown; [extra: string]: unknown }
type Header = Record<string, unknown>
type Verdict = Map<string, { shape: number[]; values: number[] }> | undefined

/** mulberry32 */
function randomFrom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!
const upTo = (random: Random, n: number) => Math.floor(random() * (n + 1))

const sizes: Record<string, number> = { F32: 4, I32: 4, U8: 1, BOOL: 1, F16: 2, BF16: 2 }
const names = ['a', 'b', 'encoder/1/kernel', '', '0', 'größe', '🏺', 'toString', 'a\\"b', '\u2028']

function validHeader(random: Random): { header: Header; length: number } {
  const header: Header = {}
  if (random() < 0.4) header.__metadata__ = Object.fromEntries([[pick(random, names), pick(random, names)]])
  let position = 0
  const chosen = names.filter(() => random() < 0.3)
  const shuffled = chosen.sort(() => random() - 0.5)
  for (const name of shuffled) {
    const dtype = pick(random, Object.keys(sizes))
    const shape = Array.from({ length: upTo(random, 3) }, () => upTo(random, 3))
    const length = sizes[dtype]! * shape.reduce((a, b) => a * b, 1)
    header[name] = { dtype, shape, data_offsets: [position, position + length] }
    position += length
  }
  return { header, length: position }
}

const oddities: unknown[] = [
  -1,
  0,
  1,
  2,
  1.5,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e300,
  null,
  true,
  '',
  'F32',
  '1',
  [],
  [0],
  [1, 1],
  {},
  { a: 1 },
]

/** A copy, for mutations change what they got. */
const odd = (random: Random) => structuredClone(pick(random, oddities))

const headerMutations: ((random: Random, header: Header, entry: Entry) => void)[] = [
  (random, _, entry) => {
    entry.dtype = pick(random, [...Object.keys(sizes), 'F64', 'f32', 'I64', null, 1])
  },
  (random, _, entry) => {
    entry.shape = odd(random)
  },
  (random, _, entry) => {
    entry.data_offsets = odd(random)
  },
  (random, _, entry) => {
    if (Array.isArray(entry.shape)) entry.shape.push(odd(random))
  },
  (random, _, entry) => {
    if (Array.isArray(entry.shape)) entry.shape.splice(upTo(random, 2), 1)
  },
  (_, __, entry) => {
    if (Array.isArray(entry.shape)) entry.shape.reverse()
  },
  (random, _, entry) => {
    if (Array.isArray(entry.shape)) entry.shape[0] = odd(random)
  },
  (random, _, entry) => {
    if (Array.isArray(entry.data_offsets)) entry.data_offsets[upTo(random, 1)] = odd(random)
  },
  (random, _, entry) => {
    const by = pick(random, [-4, -1, 1, 4])
    if (Array.isArray(entry.data_offsets))
      entry.data_offsets = entry.data_offsets.map((n) => (n as number) + by)
  },
  (random, _, entry) => {
    entry[pick(random, ['x', 'strides', 'dtype '])] = odd(random)
  },
  (random, _, entry) => {
    delete entry[pick(random, ['dtype', 'shape', 'data_offsets'])]
  },
  (random, header) => {
    delete header[pick(random, Object.keys(header)) ?? '']
  },
  (random, header, entry) => {
    header[pick(random, [...names, 'twin', 'constructor', 'x/prototype'])] = structuredClone(entry)
  },
  (random, header) => {
    header.__metadata__ = odd(random)
  },
  (random, header) => {
    header.__metadata__ = { [pick(random, names)]: odd(random) }
  },
  (random, header) => {
    header[pick(random, names)] = odd(random)
  },
]

const textMutations: ((random: Random, text: string) => string)[] = [
  (random, text) => {
    const at = upTo(random, text.length)
    return text.slice(0, at) + text.slice(at + 1)
  },
  (random, text) => {
    const at = upTo(random, text.length)
    return (
      text.slice(0, at) +
      pick(random, [...'{}[]",:\\0193 -.e\n\t\u0000a', '\\u0061', '\\ud800', 'null']) +
      text.slice(at)
    )
  },
  (random, text) => text.slice(0, upTo(random, text.length)),
  (random, text) => text + ' '.repeat(upTo(random, 9)),
  (_, text) => text.replace(/,/, ', \t\r\n'),
  (_, text) => text.replace(/("[^"]*":\{[^{}]*\})/, '$1,$1'),
  (_, text) => text.replace(/"a"/, '"\\u0061"'),
  (_, text) => text.replace(/"dtype"/, '"__proto__"'),
  (_, text) => text.replace(/(\d)(?=[\],])/, '$1.0'),
  (_, text) => text.replace(/:\[(\d)/, ':[0$1'),
  (_, text) => text.replace(/:\[(\d)/, ':[-$1'),
]

const byteMutations: ((random: Random, bytes: Uint8Array) => Uint8Array)[] = [
  (random, bytes) => {
    const b = bytes.slice()
    b[upTo(random, b.length - 1)] = upTo(random, 255)
    return b
  },
  (random, bytes) => {
    const b = bytes.slice()
    b[upTo(random, 7)] = upTo(random, 255)
    return b
  },
  (random, bytes) => {
    const b = bytes.slice()
    b[0] = (b[0]! + pick(random, [-8, -1, 1, 8])) & 255
    return b
  },
  (random, bytes) => bytes.slice(0, upTo(random, bytes.length)),
  (random, bytes) => {
    const b = new Uint8Array(bytes.length + 1 + upTo(random, 8))
    b.set(bytes)
    return b
  },
]

function fileOf(random: Random): Uint8Array {
  const { header, length } = validHeader(random)
  const kinds = random()
  const tensors = Object.keys(header).filter((name) => name !== '__metadata__')
  const entry = tensors.length ? header[pick(random, tensors)] : undefined
  if (kinds < 0.5 && typeof entry === 'object')
    for (let n = 1 + upTo(random, 1); n > 0; n--)
      pick(random, headerMutations)(random, header, entry as Entry)
  let text = JSON.stringify(header)
  if (kinds >= 0.45 && kinds < 0.75) text = pick(random, textMutations)(random, text)
  const encoded = new TextEncoder().encode(text)
  const bytes = new Uint8Array(8 + encoded.length + length)
  new DataView(bytes.buffer).setUint32(0, encoded.length, true)
  bytes.set(encoded, 8)
  for (let i = 8 + encoded.length; i < bytes.length; i++) bytes[i] = upTo(random, 255)
  return kinds >= 0.7 && kinds < 0.9 ? pick(random, byteMutations)(random, bytes) : bytes
}

/** The second reader: JSON by hand, sizes in BigInt, and coverage of the data painted byte by byte. */
function oracle(bytes: Uint8Array): Verdict {
  try {
    return slowRead(bytes)
  } catch (error) {
    if (error === refused) return undefined
    throw error
  }
}

const refused = new Error('refused')
function must(condition: boolean): asserts condition {
  if (!condition) throw refused
}

function slowRead(bytes: Uint8Array): Verdict {
  must(bytes.length >= 8)
  let length = 0n
  for (let i = 7; i >= 0; i--) length = length * 256n + BigInt(bytes[i]!)
  must(length <= 16n * 1024n * 1024n && length + 8n <= BigInt(bytes.length))
  const body = Buffer.from(bytes.slice(8, 8 + Number(length)))
  const text = body.toString('utf8')
  must(Buffer.from(text, 'utf8').equals(body))
  const data = bytes.slice(8 + Number(length))
  const painted = new Array<number>(data.length).fill(0)
  const ends = new Set<bigint>([0n])
  const empty: bigint[] = []
  const result: NonNullable<Verdict> = new Map()
  for (const [name, value] of handMadeJson(text)) {
    must(value instanceof Map)
    if (name === '__metadata__') {
      for (const note of value.values()) must(typeof note === 'string')
      must(!value.has('sandglass.sha256') && !value.has('sandglass.checksum'))
      continue
    }
    must(!name.split('/').some((part) => ['__proto__', 'constructor', 'prototype'].includes(part)))
    must(value.size === 3)
    const [dtype, shape, offsets] = [value.get('dtype'), value.get('shape'), value.get('data_offsets')]
    must(typeof dtype === 'string' && Object.keys(sizes).includes(dtype))
    must(Array.isArray(shape) && Array.isArray(offsets) && offsets.length === 2)
    for (const n of [...shape, ...offsets]) must(typeof n === 'bigint' && n < 2n ** 53n)
    let size = BigInt(sizes[dtype]!)
    for (const n of shape as bigint[]) {
      size *= n
      must(size < 2n ** 53n)
    }
    const [begin, end] = offsets as [bigint, bigint]
    must(end - begin === size && end <= BigInt(data.length))
    for (let i = begin; i < end; i++) painted[Number(i)]!++
    if (size === 0n) empty.push(begin)
    else ends.add(end)
    result.set(name, {
      shape: (shape as bigint[]).map(Number),
      values: slowValues(dtype, data.slice(Number(begin), Number(end))),
    })
  }
  must(painted.every((times) => times === 1))
  must(empty.every((at) => ends.has(at)))
  return result
}

function slowValues(dtype: string, data: Uint8Array): number[] {
  const view = new DataView(data.buffer)
  const out: number[] = []
  for (let i = 0; i < data.length; i += sizes[dtype]!) {
    if (dtype === 'F32') out.push(view.getFloat32(i, true))
    else if (dtype === 'I32') out.push(view.getInt32(i, true))
    else if (dtype === 'F16') out.push(slowHalf(view.getUint16(i, true)))
    else if (dtype === 'BF16') {
      const wide = new DataView(new ArrayBuffer(4))
      wide.setUint16(0, view.getUint16(i, true))
      out.push(wide.getFloat32(0))
    } else out.push(view.getUint8(i))
  }
  return out
}

/** binary16 by moving its bits into binary32. */
function slowHalf(bits: number): number {
  const wide = new DataView(new ArrayBuffer(4))
  const exponent = (bits >>> 10) & 31
  const sign = (bits >>> 15) << 31
  if (exponent === 0) return (bits >>> 15 ? -1 : 1) * ((bits & 1023) / 16777216)
  wide.setUint32(0, (sign | ((exponent === 31 ? 255 : exponent + 112) << 23) | ((bits & 1023) << 13)) >>> 0)
  return wide.getFloat32(0)
}

type Parsed = string | bigint | Parsed[] | Map<string, Parsed>

/** Objects, arrays, strings and whole numbers; anything else, and any repeated or forbidden key, is refused. */
function handMadeJson(text: string): Map<string, Parsed> {
  let at = 0
  const space = () => {
    while (at < text.length && ' \t\n\r'.includes(text[at]!)) at++
  }
  const take = (c: string) => {
    must(text[at] === c)
    at++
  }

  function string(): string {
    take('"')
    let out = ''
    for (;;) {
      must(at < text.length)
      const c = text[at++]!
      if (c === '"') break
      must(c >= ' ')
      if (c !== '\\') {
        out += c
        continue
      }
      const letter = text[at++] ?? ''
      const simple = '"\\/bfnrt'.indexOf(letter)
      if (letter === 'u') {
        const hex = text.slice(at, at + 4)
        must(/^[0-9a-fA-F]{4}$/.test(hex))
        out += String.fromCharCode(Number.parseInt(hex, 16))
        at += 4
      } else {
        must(letter !== '' && simple >= 0)
        out += '"\\/\b\f\n\r\t'[simple]
      }
    }
    must(hasWholeCharacters(out))
    return out
  }

  function value(depth: number): Parsed {
    space()
    const c = text[at] ?? ''
    if (c === '"') return string()
    if (c === '{') return object(depth)
    if (c === '[') {
      must(depth < 3)
      take('[')
      const out: Parsed[] = []
      space()
      if (text[at] !== ']')
        for (;;) {
          out.push(value(depth + 1))
          space()
          if (text[at] !== ',') break
          at++
        }
      take(']')
      return out
    }
    const digits = /^(0|[1-9][0-9]*)/.exec(text.slice(at, at + 400))?.[0]
    must(digits !== undefined)
    at += digits.length
    return BigInt(digits)
  }

  function object(depth: number): Map<string, Parsed> {
    must(depth < 3)
    take('{')
    const out = new Map<string, Parsed>()
    space()
    if (text[at] !== '}')
      for (;;) {
        space()
        const key = string()
        must(!['__proto__', 'constructor', 'prototype'].includes(key) && !out.has(key))
        space()
        take(':')
        out.set(key, value(depth + 1))
        space()
        if (text[at] !== ',') break
        at++
      }
    take('}')
    return out
  }

  const out = object(0)
  space()
  must(at === text.length)
  return out
}

function hasWholeCharacters(text: string): boolean {
  try {
    encodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

test(`${runs} mutated files: no crash, and the same verdict and values as the slow reader`, () => {
  const random = randomFrom(20_260_101)
  const prototype = Object.getOwnPropertyNames(Object.prototype).sort().join()
  let accepted = 0
  for (let run = 0; run < runs; run++) {
    const bytes = fileOf(random)
    const expected = oracle(bytes)
    let found: ReturnType<typeof readSafetensors> | undefined
    try {
      found = readSafetensors(bytes)
    } catch (error) {
      if (!isSandglassError(error) || error.code !== 'file')
        throw new Error(`crashed on ${show(bytes)}`, { cause: error })
      if (expected) throw new Error(`refused a valid file: ${error.message} ${show(bytes)}`)
      continue
    }
    if (!expected) throw new Error(`accepted ${show(bytes)}`)
    accepted++
    const entries = Object.entries(found.tensors)
    const same =
      entries.length === expected.size &&
      entries.every(([name, { shape, data }]) => {
        const { shape: extents, values } = expected.get(name)!
        return (
          shape.join() === extents.join() &&
          data.length === values.length &&
          values.every((value, i) => Object.is(value, data[i]))
        )
      })
    if (!same) throw new Error(`read other values from ${show(bytes)}`)
  }
  // Neither reader may win by refusing, or accepting, everything.
  expect(accepted).toBeGreaterThan(runs * 0.1)
  expect(accepted).toBeLessThan(runs * 0.6)
  expect(Object.getOwnPropertyNames(Object.prototype).sort().join()).toBe(prototype)
}, 600_000)

function show(bytes: Uint8Array): string {
  return JSON.stringify(Buffer.from(bytes).toString('latin1'))
}
