/** Types of WebAssembly values, as its binary format writes them. */
const I32 = 0x7f
const V128 = 0x7b

/** Instructions without operands of their own. Binary format: WebAssembly Core Specification 2.0, chapter 5.4. */
const PLAIN = {
  'i32.add': [0x6a],
  'i32.lt_u': [0x49],
  'f32.mul': [0x94],
  'f64.add': [0xa0],
  'f64.mul': [0xa2],
  'f32.demote_f64': [0xb6],
  'f32x4.eq': [0xfd, 0x41],
  'f32x4.ne': [0xfd, 0x42],
  'f32x4.lt': [0xfd, 0x43],
  'f32x4.gt': [0xfd, 0x44],
  'f32x4.le': [0xfd, 0x45],
  'f32x4.ge': [0xfd, 0x46],
  'v128.not': [0xfd, 0x4d],
  'v128.and': [0xfd, 0x4e],
  'v128.andnot': [0xfd, 0x4f],
  'v128.or': [0xfd, 0x50],
  'v128.bitselect': [0xfd, 0x52],
  'f64x2.promote_low_f32x4': [0xfd, 0x5f],
  'f32x4.ceil': [0xfd, 0x67],
  'f32x4.floor': [0xfd, 0x68],
  'f32x4.nearest': [0xfd, 0x6a],
  'i32x4.shl': [0xfd, 0xab, 0x01],
  'i32x4.shr_s': [0xfd, 0xac, 0x01],
  'i32x4.add': [0xfd, 0xae, 0x01],
  'f32x4.abs': [0xfd, 0xe0, 0x01],
  'f32x4.neg': [0xfd, 0xe1, 0x01],
  'f32x4.sqrt': [0xfd, 0xe3, 0x01],
  'f32x4.add': [0xfd, 0xe4, 0x01],
  'f32x4.sub': [0xfd, 0xe5, 0x01],
  'f32x4.mul': [0xfd, 0xe6, 0x01],
  'f32x4.div': [0xfd, 0xe7, 0x01],
  'f32x4.pmin': [0xfd, 0xea, 0x01],
  'f32x4.pmax': [0xfd, 0xeb, 0x01],
  'f64x2.add': [0xfd, 0xf0, 0x01],
  'f32x4.convert_i32x4_s': [0xfd, 0xfa, 0x01],
} as const

export type PlainInstruction = keyof typeof PLAIN

/** The body of a function under construction. Locals are numbers. */
export interface WasmCode {
  /** The address of an operand, by its place in the table of addresses that the function is given. */
  address(operand: number): void
  op(...instructions: PlainInstruction[]): void
  get(local: number): void
  set(local: number): void
  tee(local: number): void
  i32(value: number): void
  f64(value: number): void
  /** Four equal floats. Constants are made once, before everything else: engines make them anew at each use. */
  floats(value: number): void
  /** Four 32-bit patterns. */
  lanes(...bits: [number, number, number, number]): void
  /** Reads four floats at the address on the stack. */
  load(offset?: number): void
  /** Reads one float at the address on the stack into all four lanes. */
  loadSplat(): void
  /** Writes four floats; the address is below them on the stack. */
  store(offset?: number): void
  /** Writes one float. */
  storeFloat(): void
  /** The four floats of a local with the two high ones brought down. */
  high(local: number): void
  /** One of four floats. */
  float(lane: 0 | 1 | 2 | 3): void
  /** Lane 0 or 1 of two doubles. */
  double(lane: 0 | 1): void
  /** Repeats `body` for `counter` from 0 in steps of `step` while it is below `end`; at least once. */
  loop(counter: number, end: number, step: number, body: () => void): void
  /** A new local. */
  newCounter(): number
  newVector(): number
  /** Its locals and instructions as the binary format has them. */
  body(): number[]
}

/** The only parameter of every function: where the table of addresses is. */
const TABLE = 0

/** Code of a function of a table of addresses. Engines allow 1,000 parameters, and kernels have more operands. */
export function createWasmCode(): WasmCode {
  const bytes: number[] = []
  const kinds: number[] = []
  const push = (...next: number[]) => {
    for (const byte of next) bytes.push(byte)
  }
  const prologue: number[] = []
  const constants = new Map<string, number>()
  const constant = (buffer: ArrayBuffer): number => {
    const pattern = [...new Uint8Array(buffer)]
    const known = constants.get(`${pattern}`)
    if (known !== undefined) return known
    const local = newLocal(V128)
    prologue.push(0xfd, 0x0c, ...pattern, 0x21, ...unsigned(local))
    constants.set(`${pattern}`, local)
    return local
  }
  const addresses = new Map<number, number>()
  const addressOf = (operand: number): number => {
    const known = addresses.get(operand)
    if (known !== undefined) return known
    const local = newLocal(I32)
    prologue.push(0x20, TABLE, 0x28, 2, ...unsigned(4 * operand), 0x21, ...unsigned(local))
    addresses.set(operand, local)
    return local
  }
  const newLocal = (kind: number) => TABLE + kinds.push(kind)
  const access = (opcode: number[], align: number, offset: number) =>
    push(...opcode, align, ...unsigned(offset))
  const code: WasmCode = {
    address: (operand) => code.get(addressOf(operand)),
    op: (...names) => {
      for (const name of names) push(...PLAIN[name])
    },
    get: (local) => push(0x20, ...unsigned(local)),
    set: (local) => push(0x21, ...unsigned(local)),
    tee: (local) => push(0x22, ...unsigned(local)),
    i32: (value) => push(0x41, ...signed(value)),
    f64: (value) => push(0x44, ...new Uint8Array(new Float64Array([value]).buffer)),
    floats: (value) => code.get(constant(new Float32Array(4).fill(value).buffer)),
    lanes: (...bits) => code.get(constant(new Uint32Array(bits).buffer)),
    load: (offset = 0) => access([0xfd, 0x00], 2, offset),
    loadSplat: () => access([0xfd, 0x09], 2, 0),
    store: (offset = 0) => access([0xfd, 0x0b], 2, offset),
    storeFloat: () => access([0x38], 2, 0),
    high: (local) => {
      code.get(local)
      code.get(local)
      push(0xfd, 0x0d, ...Array.from({ length: 16 }, (_, i) => (i + 8) % 16))
    },
    float: (lane) => push(0xfd, 0x1f, lane),
    double: (lane) => push(0xfd, 0x21, lane),
    loop: (counter, end, step, body) => {
      code.i32(0)
      code.set(counter)
      push(0x03, 0x40)
      body()
      code.get(counter)
      code.i32(step)
      code.op('i32.add')
      code.tee(counter)
      code.i32(end)
      code.op('i32.lt_u')
      push(0x0d, 0x00, 0x0b)
    },
    newCounter: () => newLocal(I32),
    newVector: () => newLocal(V128),
    body: () => {
      const locals = [...unsigned(kinds.length), ...kinds.flatMap((kind) => [1, kind])]
      return joined([locals, prologue, bytes, [0x0b]])
    },
  }
  return code
}

/**
 * A module that imports a memory `env.memory` and exports `run(table)`, which calls the functions one after another.
 * `table` is the address of the operands' addresses.
 */
export function moduleOf(functions: readonly WasmCode[]): Uint8Array<ArrayBuffer> {
  const calls = functions.flatMap((_, i) => [0x20, TABLE, 0x10, ...unsigned(i)])
  const bodies = [...functions.map((code) => code.body()), [0, ...calls, 0x0b]]
  const count = unsigned(bodies.length)
  return Uint8Array.from(
    joined([
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      section(1, [1, 0x60, 1, I32, 0]),
      section(2, [1, ...text('env'), ...text('memory'), 0x02, 0x00, 0]),
      section(3, joined([count, bodies.map(() => 0)])),
      section(7, [1, ...text('run'), 0x00, ...unsigned(functions.length)]),
      section(10, joined([count, ...bodies.flatMap((body) => [unsigned(body.length), body])])),
    ]),
  )
}

function section(id: number, content: readonly number[]): number[] {
  return joined([[id], unsigned(content.length), content])
}

/** Without a call of as many arguments as there are bytes. */
function joined(parts: readonly (readonly number[])[]): number[] {
  const all: number[] = []
  for (const part of parts) for (const byte of part) all.push(byte)
  return all
}

function text(value: string): number[] {
  return [value.length, ...new TextEncoder().encode(value)]
}

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value >>> 0
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
    rest >>>= 7
  } while (rest)
  return bytes
}

function signed(value: number): number[] {
  const bytes: number[] = []
  let rest = value | 0
  for (;;) {
    const byte = rest & 0x7f
    rest >>= 7
    if ((rest === 0 && !(byte & 0x40)) || (rest === -1 && byte & 0x40)) return [...bytes, byte]
    bytes.push(byte | 0x80)
  }
}
