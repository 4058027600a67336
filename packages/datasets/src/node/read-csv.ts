import { stat } from 'node:fs/promises'
import type { Dataset } from '@sandglass/core'
import { load } from '../load'
import { encodeTable } from '../table/encode-table'
import { fitEncoding } from '../table/fit-encoding'
import type { CsvOptions } from '../table/from-csv'
import { readTable } from './read-table'

/** Files up to this size are kept in memory as numbers. */
const IN_MEMORY = 256 * 2 ** 20

export interface ReadCsvOptions extends Omit<CsvOptions, 'name'> {
  /** Whether the numbers are kept in memory. Default: those of files up to 256 MiB. */
  readonly inMemory?: boolean
}

/**
 * A dataset from a CSV file in UTF-8, as `fromCsv`. Rejects as `readTable`, `fitEncoding` and `encodeTable` do.
 *
 * @example
 * const people = await readCsv('people.csv', { label: 'kind', missing: 'median' })
 */
export async function readCsv(path: string, options: ReadCsvOptions = {}): Promise<Dataset> {
  const table = await readTable(path, options)
  const { inMemory = (await stat(path)).size <= IN_MEMORY } = options
  const { data } = await encodeTable(await fitEncoding(table, options), table)
  return inMemory ? load(data) : data
}
