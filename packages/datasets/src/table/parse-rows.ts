import { after, SandglassError } from '@sandglass/core'
import Papa from 'papaparse'
import type { ByteRange, ByteSource } from './byte-source'
import type { RowIndex } from './row-index'

/** Cells by row. */
export type Cells = readonly (readonly string[])[]

export interface RowSource {
  readonly source: ByteSource
  readonly index: RowIndex
  readonly delimiter: string
}

/**
 * The cells of rows, which are read together where they lie together. `width` is how many each must have. Throws
 * `SandglassError` (`data`) on rows of another length and broken quotes, `file` on text that is not UTF-8.
 */
export function parseRows(
  { source, index, delimiter }: RowSource,
  rows: readonly number[],
  width?: number,
): Cells | Promise<Cells> {
  const { name } = source
  const ranges = rows.map(index.range)
  const plan = planReads(ranges)
  return after(source.read(plan.reads), (pieces) => {
    const texts = pieces.map((bytes) => ({ bytes, text: decode(name, bytes, true) }))
    const lines = ranges.map(([start, end], i) => {
      const piece = plan.pieceOf[i]!
      const [from] = plan.reads[piece]!
      const { bytes, text } = texts[piece]!
      // In ASCII characters and bytes are counted alike.
      if (text.length === bytes.length) return text.slice(start - from, end - from)
      return decode(name, bytes.subarray(start - from, end - from), true)
    })
    const { data, errors } = Papa.parse<string[]>(lines.join('\n'), { delimiter, newline: '\n' })
    const [problem] = errors
    if (problem)
      throw new SandglassError('data', `${name}: malformed CSV in row ${(rows[problem.row ?? 0] ?? 0) + 1}`, {
        got: problem.message,
      })
    const ragged = width === undefined ? -1 : data.findIndex(({ length }) => length !== width)
    if (ragged >= 0)
      throw new SandglassError('data', `${name}: row ${rows[ragged]! + 1} is of another length`, {
        got: `${data[ragged]!.length} cells`,
        expected: `${width}, as in the first row`,
      })
    return data
  })
}

/** Bytes between rows up to which they are read at once. */
const GAP = 4096

/** Ranges that lie near each other are read as one. */
function planReads(ranges: readonly ByteRange[]): {
  readonly reads: readonly ByteRange[]
  /** Which read has each range. */
  readonly pieceOf: Int32Array
} {
  const byPlace = ranges.map((_, i) => i).sort((a, b) => ranges[a]![0] - ranges[b]![0])
  const reads: [start: number, end: number][] = []
  const pieceOf = new Int32Array(ranges.length)
  for (const i of byPlace) {
    const [start, end] = ranges[i]!
    const last = reads.at(-1)
    if (last && start - last[1] <= GAP) last[1] = Math.max(last[1], end)
    else reads.push([start, end])
    pieceOf[i] = reads.length - 1
  }
  return { reads, pieceOf }
}

/** Text in UTF-8, of which the last character may be cut unless it is `whole`. Throws `SandglassError` (`file`). */
export function decode(name: string, bytes: Uint8Array, whole: boolean): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: !whole })
  } catch (error) {
    throw new SandglassError('file', `${name} is not text in UTF-8`, {
      advice: 'Save the table as CSV in UTF-8.',
      cause: error,
    })
  }
}
