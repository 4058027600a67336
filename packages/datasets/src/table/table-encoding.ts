import { SandglassError } from '@sandglass/core'
import { z } from 'zod'

const columnSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('number'),
    name: z.string(),
    /** In place of missing values. */
    fill: z.number().optional(),
  }),
  z.strictObject({
    kind: z.literal('category'),
    name: z.string(),
    /** In alphabetical (code unit) order: one number each. */
    categories: z.array(z.string()).min(1),
    /** In place of missing values. */
    fill: z.string().optional(),
  }),
])

const encodingSchema = z.strictObject({
  type: z.literal('table'),
  input: z.array(columnSchema).min(1),
  target: z.array(columnSchema).optional(),
  label: z.strictObject({ name: z.string(), classes: z.array(z.string()).optional() }).optional(),
  /** Columns that are not used. */
  ignored: z.array(z.string()),
  missing: z.enum(['refuse', 'drop', 'mean', 'median']),
  missingValues: z.array(z.string()),
})

/** How one column becomes numbers: itself, or a 1 for its category among 0s. */
export type ColumnEncoding = Readonly<z.infer<typeof columnSchema>>

/**
 * How the rows of a table become samples: which columns, in which order, what stands in for missing values, which
 * categories there are. Fitted on training data; plain JSON, so that it can be kept with the model and tables that come
 * later are encoded alike.
 */
export type TableEncoding = Readonly<z.infer<typeof encodingSchema>>

/** What is done with rows that lack a value. */
export type MissingPolicy = TableEncoding['missing']

/** Reads an encoding from JSON. Throws `SandglassError` (`data`) when it is malformed. */
export function parseEncoding(json: unknown): TableEncoding {
  const result = encodingSchema.safeParse(json)
  if (result.success) return result.data
  const problem = result.error.issues
    .map((issue) => `${issue.path.join('.') || 'encoding'}: ${issue.message}`)
    .join('; ')
  throw new SandglassError('data', `malformed encoding of a table: ${problem}`, {
    expected: 'what fitEncoding returned',
  })
}

/** Numbers that a column takes. */
export function widthOf(column: ColumnEncoding): number {
  return column.kind === 'number' ? 1 : column.categories.length
}

/** Names of the numbers that columns become: `height`, `colour=red`, `colour=blue`. */
export function featureNames(columns: readonly ColumnEncoding[]): string[] {
  return columns.flatMap((column) =>
    column.kind === 'number'
      ? [column.name]
      : column.categories.map((category) => `${column.name}=${category}`),
  )
}

/**
 * What numbers `[samples, features]` say in the columns of the table: numbers as they are, of each category the name of
 * the largest.
 */
export function decodeRows(
  columns: readonly ColumnEncoding[],
  values: ArrayLike<number>,
): (number | string)[][] {
  const width = columns.reduce((sum, column) => sum + widthOf(column), 0)
  if (values.length % width !== 0)
    throw new SandglassError('shape', 'the values do not fit the encoding of the table', {
      got: `${values.length} values`,
      expected: `a multiple of ${width}, the number of features`,
    })
  return Array.from({ length: values.length / width }, (_, row) => {
    let at = row * width
    return columns.map((column) => {
      if (column.kind === 'number') return values[at++]!
      let largest = 0
      for (let i = 1; i < column.categories.length; i++)
        if (values[at + i]! > values[at + largest]!) largest = i
      at += column.categories.length
      return column.categories[largest]!
    })
  })
}
