import { basename } from 'node:path'
import { type MemoryDataset, SandglassError } from '@sandglass/core'
import { type CsvOptions, fromCsv } from '../csv/from-csv'
import { readFileCapped } from './read-file'

/** Below the longest string that V8 can hold. */
const DEFAULT_LIMIT = 256 * 1024 * 1024

/**
 * A dataset from a CSV file in UTF-8, as `fromCsv`. Throws `SandglassError`: code `file` when the file is missing,
 * larger than `maxBytes` (default 256 MiB) or not UTF-8, code `data` when its content is malformed.
 */
export async function readCsv(
  path: string,
  { maxBytes = DEFAULT_LIMIT, ...options }: CsvOptions & { maxBytes?: number } = {},
): Promise<MemoryDataset> {
  const bytes = await readFileCapped(path, maxBytes)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new SandglassError('file', `${path} is not text in UTF-8`, {
      advice: 'Save the table as CSV in UTF-8.',
      cause: error,
    })
  }
  return fromCsv(text, { name: basename(path), ...options })
}
