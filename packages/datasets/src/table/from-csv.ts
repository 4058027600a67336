import type { MemoryDataset } from '@sandglass/core'
import { load } from '../load'
import { encodeTable } from './encode-table'
import { type EncodingOptions, fitEncoding } from './fit-encoding'
import { parseTable, type TableOptions } from './table'

export interface CsvOptions extends TableOptions, EncodingOptions {}

/**
 * A dataset from delimited text (CSV, RFC 4180), in memory: `input` `[features]`, `target` `[features]`, `label` `[]`,
 * each with the names that the table has for its columns or classes. Delimiter, decimal comma and header are found out
 * unless they are given; columns of texts become a 0 or 1 a category. `parseTable`, `fitEncoding` and `encodeTable` do
 * this in steps, for tables that come later.
 *
 * Rejects with `SandglassError` (`data`) naming row and column for rows of another length, broken quotes, cells that are
 * not finite numbers and missing values; also for unknown or repeated columns and for a table without rows.
 *
 * @example
 * const people = await fromCsv('height;kind\n1,68;a\n1,80;b\n', { label: 'kind' })
 */
export async function fromCsv(text: string, options: CsvOptions = {}): Promise<MemoryDataset> {
  const table = await parseTable(text, { name: 'csv', ...options })
  return load((await encodeTable(await fitEncoding(table, options), table)).data)
}
