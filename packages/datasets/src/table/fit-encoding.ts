import { SandglassError } from '@sandglass/core'
import { MISSING, showCell } from './cells'
import { type ColumnSummary, MOST_CATEGORIES, summariseColumn } from './column-summary'
import { scanRows } from './scan-rows'
import type { Table } from './table'
import type { ColumnEncoding, MissingPolicy, TableEncoding } from './table-encoding'

export interface EncodingOptions {
  /** Columns that become `input`, in this order. Default: all that are neither target nor label. */
  readonly input?: readonly string[]
  /** Columns that become `target`. */
  readonly target?: readonly string[]
  /** Column that becomes `label`: class numbers, or names that are numbered in alphabetical order. */
  readonly label?: string
  /** Columns of numbers that are names of categories: postcodes, kinds. Columns of texts are so anyway. */
  readonly categories?: readonly string[]
  /**
   * What is done with missing values. `refuse` (default): an error; `drop`: the row is left out; `mean`, `median`: that of
   * the column stands in, in a column of categories the most frequent one.
   */
  readonly missing?: MissingPolicy
  /** Cells that hold no value. Default: empty ones, `NA`, `NaN`, `null`, `-`, `?` and their like. */
  readonly missingValues?: readonly string[]
}

/**
 * Fits the encoding of a table: one pass over its rows, which should be those of the training data.
 *
 * Rejects with `SandglassError` (`data`) on unknown columns; on columns that hold numbers and texts, nothing, or too many
 * categories; and on missing values unless `missing` says what to do with them.
 *
 * @example
 * const encoding = await fitEncoding(table, { label: 'kind', missing: 'median' })
 * const { data } = await encodeTable(encoding, table)
 */
export async function fitEncoding(table: Table, options: EncodingOptions = {}): Promise<TableEncoding> {
  const { categories = [], missing = 'refuse', missingValues = MISSING } = options
  const { input, target, label, ignored } = usedColumns(table, options)
  const used = [...new Set([...input, ...target, ...(label === undefined ? [] : [label])])]
  const places = used.map((column) => table.columns.indexOf(column))
  const summaries = used.map((column) =>
    summariseColumn(table.decimal, categories.includes(column) || column === label),
  )
  const gaps = new Map<string, number>()
  await scanRows(table, (cells, row) => {
    const lacking = used.filter((_, i) => missingValues.includes(cells[places[i]!]!.trim()))
    if (lacking.length && (missing === 'refuse' || lacking.includes(label ?? '')) && missing !== 'drop')
      throw noValue(table, lacking.includes(label ?? '') ? label! : lacking[0]!, row, label)
    for (const column of lacking) gaps.set(column, (gaps.get(column) ?? 0) + 1)
    if (lacking.length && missing === 'drop') return
    for (const [i, summary] of summaries.entries()) {
      const cell = cells[places[i]!]!
      if (!lacking.includes(used[i]!)) summary.add(cell, row)
    }
  })
  const encoded = (column: string) =>
    encodeColumn(table, column, summaries[used.indexOf(column)]!, {
      isCategory: categories.includes(column),
      missing,
    })
  return {
    type: 'table',
    input: input.map(encoded),
    ...(target.length && { target: target.map(encoded) }),
    ...(label !== undefined && { label: labelOf(label, summaries[used.indexOf(label)]!) }),
    ignored,
    missing,
    missingValues: [...missingValues],
  }
}

/** Columns by what becomes of them. Throws `SandglassError` (`data`) on unknown ones and when none is left for the input. */
export function usedColumns(
  { name, columns }: Table,
  { target = [], label, categories = [], ...options }: EncodingOptions,
): { input: readonly string[]; target: readonly string[]; label?: string; ignored: string[] } {
  const input = options.input ?? columns.filter((column) => !target.includes(column) && column !== label)
  const asked = [...input, ...target, ...(label === undefined ? [] : [label])]
  const unknown = [...asked, ...categories].find((column) => !columns.includes(column))
  if (unknown !== undefined)
    throw new SandglassError('data', `${name}: no column "${unknown}"`, {
      expected: `one of ${columns.join(', ')}`,
    })
  if (input.length === 0)
    throw new SandglassError('data', `${name}: no column is left for the input`, {
      got: `columns ${columns.join(', ')}`,
    })
  return {
    input,
    target,
    ...(label !== undefined && { label }),
    ignored: columns.filter((column) => !asked.includes(column)),
  }
}

function encodeColumn(
  { name: table }: Table,
  name: string,
  summary: ColumnSummary,
  { isCategory, missing }: { isCategory: boolean; missing: MissingPolicy },
): ColumnEncoding {
  const { numbers, texts, counts, firstText, tooMany } = summary
  const fills = missing === 'mean' || missing === 'median'
  if (!numbers && !texts)
    throw new SandglassError('data', `${table}: the column "${name}" holds no values`, {
      advice: 'Leave the column out with `input`.',
    })
  if (!isCategory && !texts) {
    const fill = missing === 'mean' ? summary.mean() : missing === 'median' ? summary.median() : undefined
    return { kind: 'number', name, ...(fill !== undefined && { fill }) }
  }
  if (!isCategory && numbers)
    throw new SandglassError(
      'data',
      `${table}: not a finite number in row ${firstText!.row}, column "${name}"`,
      {
        got: showCell(firstText!.cell),
        expected: 'a number like 3, -0.5 or 1e-3, because other rows have numbers',
        advice:
          'Mend it, leave the column out with `input`, name it in `categories`, or its text in `missingValues`.',
      },
    )
  if (tooMany)
    throw new SandglassError(
      'data',
      `${table}: the column "${name}" has too many different texts for categories`,
      {
        got: `more than ${MOST_CATEGORIES}`,
        advice: 'Leave the column out with `input`.',
      },
    )
  const categories = [...counts.keys()].sort()
  const [fill] = [...counts].reduce((one, other) => (isMoreFrequent(other, one) ? other : one))
  return { kind: 'category', name, categories, ...(fills && { fill }) }
}

/** In doubt the first in alphabetical order, as scikit-learn has it. */
function isMoreFrequent([text, count]: [string, number], [other, most]: [string, number]): boolean {
  return count === most ? text < other : count > most
}

function labelOf(name: string, { counts }: ColumnSummary): NonNullable<TableEncoding['label']> {
  const texts = [...counts.keys()]
  return texts.every((text) => /^\d{1,9}$/.test(text)) ? { name } : { name, classes: texts.sort() }
}

/** A value is missing where none may be. */
export function noValue(table: Table, column: string, row: number, label?: string): SandglassError {
  const what = column === label ? 'no class' : 'no value'
  return new SandglassError('data', `${table.name}: ${what} in row ${row}, column "${column}"`, {
    got: 'an empty cell, or one that says so',
    advice:
      column === label
        ? "Fill it in, or leave out such rows with missing: 'drop'."
        : "Say what to do with missing values: missing: 'drop', 'mean' or 'median'; or leave the column out with `input`.",
  })
}
