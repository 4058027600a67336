import type { Scalars } from '@sandglass/core'

/** What TensorBoard is told at one moment; fields as in tensorflow/core/util/event.proto. */
export interface TfEvent {
  /** Seconds since 1970. */
  readonly wallTime: number
  readonly step?: number
  /** The first event of a file: `brain.Event:2`. */
  readonly fileVersion?: string
  /** A run begins (again) at `step`: whatever an earlier file has from there on is void. */
  readonly sessionStart?: boolean
  /** Values by tag. */
  readonly scalars?: Readonly<Scalars>
}

/** An event as a protocol buffer. */
export function encodeTfEvent({ wallTime, step, fileVersion, sessionStart, scalars }: TfEvent): Uint8Array {
  const values = Object.entries(scalars ?? {}).map(([tag, value]) =>
    bytesField(1, concat([bytesField(1, utf8(tag)), floatField(2, value)])),
  )
  return concat([
    doubleField(1, wallTime),
    step ? varintField(2, step) : EMPTY,
    fileVersion === undefined ? EMPTY : bytesField(3, utf8(fileVersion)),
    scalars ? bytesField(5, concat(values)) : EMPTY,
    sessionStart ? bytesField(7, varintField(1, 1)) : EMPTY,
  ])
}

const EMPTY = new Uint8Array(0)

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return Uint8Array.from([...bytes, rest])
}

function varintField(field: number, value: number): Uint8Array {
  return concat([varint(field << 3), varint(value)])
}

function bytesField(field: number, bytes: Uint8Array): Uint8Array {
  return concat([varint((field << 3) | 2), varint(bytes.length), bytes])
}

function doubleField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(9)
  bytes[0] = (field << 3) | 1
  new DataView(bytes.buffer).setFloat64(1, value, true)
  return bytes
}

function floatField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(5)
  bytes[0] = (field << 3) | 5
  new DataView(bytes.buffer).setFloat32(1, value, true)
  return bytes
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
