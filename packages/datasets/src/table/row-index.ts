import { SandglassError } from '@sandglass/core'
import type { ByteRange } from './byte-source'

/** Where the rows of a text lie. Empty lines are no rows. */
export interface RowIndex {
  readonly size: number
  /** The bytes of a row, without the end of its line. */
  range(row: number): ByteRange
}

/** Told of a text piece by piece. */
export interface RowScanner {
  push(bytes: Uint8Array): void
  /** After the last piece. */
  finish(): RowIndex
}

const [QUOTE, LF, CR] = [0x22, 0x0a, 0x0d]

/** Bytes of a row. */
const LONGEST = 2 ** 24

/** Rows that share a base, so that the others need four bytes each. */
const BLOCK = 1024

/**
 * Finds the rows of delimited text (RFC 4180), also where quoted cells hold ends of lines: a quote counts at the
 * beginning of a cell, and within a quoted cell two of them are one. Lines end with LF, CR LF or CR. UTF-8 and other
 * encodings that keep ASCII may be scanned byte by byte. `from` is where the text begins.
 *
 * Throws `SandglassError` (`data`) when a row is longer than any honest one: a quote is not closed.
 */
export function createRowScanner(
  delimiter: string,
  { name, from = 0 }: { readonly name: string; readonly from?: number },
): RowScanner {
  const separator = delimiter.charCodeAt(0)
  const starts = growing()
  const ends = growing()
  let at = from
  let start = from
  let quoted = false
  let cellBegins = true
  /** Within a quoted cell, a quote was the last byte: it ends the cell unless another follows. */
  let closing = false

  function endRow(): void {
    if (at - start > LONGEST) throw tooLong(name, starts.length())
    if (at > start) {
      starts.push(start)
      ends.push(at)
    }
  }

  return {
    push: (bytes) => {
      if (at - start > LONGEST) throw tooLong(name, starts.length())
      for (let i = 0; i < bytes.length; i++, at++) {
        const byte = bytes[i]!
        if (quoted) {
          if (closing) {
            closing = false
            if (byte === QUOTE) continue
            quoted = false
          } else {
            closing = byte === QUOTE
            continue
          }
        }
        if (byte === LF || byte === CR) {
          endRow()
          start = at + 1
          cellBegins = true
        } else if (byte === separator) cellBegins = true
        else {
          quoted = cellBegins && byte === QUOTE
          cellBegins = false
        }
      }
    },
    finish: () => {
      endRow()
      return { size: starts.length(), range: (row) => [starts.at(row), ends.at(row)] }
    },
  }
}

function tooLong(name: string, row: number): SandglassError {
  return new SandglassError('data', `${name}: row ${row + 1} does not end`, {
    got: `more than ${LONGEST / 2 ** 20} MiB`,
    advice: 'A quoted cell in it is probably not closed.',
  })
}

/** A growing list of rising whole numbers up to 2⁵³, four bytes each. */
function growing() {
  let offsets = new Uint32Array(BLOCK)
  let bases = new Float64Array(1)
  let length = 0
  return {
    length: () => length,
    at: (i: number) => bases[Math.floor(i / BLOCK)]! + offsets[i]!,
    push: (value: number) => {
      if (length === offsets.length) {
        offsets = grown(offsets, new Uint32Array(2 * length))
        bases = grown(bases, new Float64Array(2 * bases.length))
      }
      const block = Math.floor(length / BLOCK)
      if (length % BLOCK === 0) bases[block] = value
      offsets[length++] = value - bases[block]!
    },
  }
}

function grown<A extends Uint32Array | Float64Array>(from: A, to: A): A {
  to.set(from)
  return to
}
