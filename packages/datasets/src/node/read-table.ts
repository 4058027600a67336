import { basename } from 'node:path'
import { gunzip } from '../io/gunzip'
import { memorySource } from '../table/byte-source'
import { openTable, type Table } from '../table/table'
import type { TableFormatOptions } from '../table/table-format'
import { fileSource } from './file-source'
import { readFileCapped } from './read-file'

/** Files up to this size are read once and kept. */
const KEPT = 64 * 2 ** 20

/** What a compressed table may grow to. */
const MOST_GUNZIPPED = 2 ** 30

/**
 * The table in a file of delimited text in UTF-8 (`.csv`, `.tsv`, also `.gz`). Large files stay where they are: a pass
 * finds their rows, which are then read when they are asked for. Rejects with `SandglassError`: `file` when the file is
 * missing, compressed and too large, or not UTF-8, `data` when its content is malformed.
 *
 * @example
 * const table = await readTable('people.csv')
 * console.log(table.columns, table.size, table.notes)
 */
export async function readTable(path: string, options: TableFormatOptions = {}): Promise<Table> {
  const name = basename(path)
  const format = /\.tsv(\.gz)?$/i.test(path) ? { delimiter: '\t', ...options } : options
  if (/\.gz$/i.test(path)) {
    const bytes = await gunzip(await readFileCapped(path, MOST_GUNZIPPED), MOST_GUNZIPPED)
    return openTable(memorySource(name, bytes), format)
  }
  const source = await fileSource(path)
  if (source.size > KEPT) return openTable(source, format)
  return openTable(memorySource(name, await readFileCapped(path, KEPT)), format)
}
