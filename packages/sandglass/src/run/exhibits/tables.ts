import { type Dataset, type Exhibit, type ExhibitInput, range, readField } from '@sandglass/core'
import { applyTo } from '../apply'

/** How many rows are looked at, columns listed, rows listed. */
const SAMPLES = 10_000
const COLUMNS = 30
const ROWS = 10

interface Comparison {
  readonly names: readonly string[]
  readonly rows: number
  /** `[rows, columns]`, what the model should give. */
  readonly aim: Float32Array
  /** `[rows, columns]`, what it gives. */
  readonly output: ArrayLike<number>
}

/** The error of each column and the rows with the largest errors, for samples that are rows of a table. */
export async function tables(input: ExhibitInput): Promise<Exhibit[]> {
  const compared = await compare(input)
  return compared ? [columnErrors(compared, input.part), worstRows(compared, input.part)] : []
}

async function compare({ trained, dataset }: ExhibitInput): Promise<Comparison | undefined> {
  const samples = range(0, Math.min(dataset.size, SAMPLES))
  const field = dataset.fields.target ? 'target' : 'input'
  const { data: aim } = await readField(dataset, field, samples)
  const { data: output } = await applyTo(dataset, samples, trained, 'reconstruct', { batchSize: 500 })
  if (output.length !== aim.length) return undefined
  return { names: columnNames(dataset, field), rows: samples.length, aim, output }
}

function columnNames({ fields }: Dataset, field: string): string[] {
  const { shape, columns } = fields[field]!
  return Array.from({ length: shape[0]! }, (_, i) => columns?.[i] ?? `column ${i}`)
}

/** Root of the mean squared error beside the deviation of the data; R² = 1 - Σ (x - x̂)² / Σ (x - x̄)². */
function columnErrors({ names, rows, aim, output }: Comparison, part: string): Exhibit {
  const width = names.length
  const judged = names.map((name, c) => {
    let sum = 0
    for (let r = 0; r < rows; r++) sum += aim[r * width + c]!
    const mean = sum / rows
    let squares = 0
    let errors = 0
    for (let r = 0; r < rows; r++) {
      const value = aim[r * width + c]!
      squares += (value - mean) ** 2
      errors += (value - output[r * width + c]!) ** 2
    }
    const explained = squares > 0 ? 1 - errors / squares : '–'
    return { name, error: Math.sqrt(errors / rows), deviation: Math.sqrt(squares / rows), explained }
  })
  const shown = judged.sort((a, b) => b.error - a.error).slice(0, COLUMNS)
  const some = shown.length < width ? ` The ${COLUMNS} of ${width} columns with the largest errors.` : ''
  return {
    name: 'errors by column',
    caption: `How far what the model makes of ${rowsOf(rows, part)} is from them, as a root mean square, beside the standard deviation of the column, in the units in which the model is trained. R² is the share of the variance that is kept: 1 is perfect, 0 no better than the mean.${some}`,
    data: {
      type: 'table',
      title: 'Errors by column',
      columns: ['column', 'RMS error', 'deviation', 'R²'],
      rows: shown.map(({ name, error, deviation, explained }) => [name, error, deviation, explained]),
    },
  }
}

/** By their mean squared error, each with the column that is furthest off. */
function worstRows({ names, rows, aim, output }: Comparison, part: string): Exhibit {
  const width = names.length
  const judged = Array.from({ length: rows }, (_, row) => {
    const offs = names.map((_, c) => Math.abs(aim[row * width + c]! - output[row * width + c]!))
    const furthest = offs.indexOf(Math.max(...offs))
    return { row, furthest, error: offs.reduce((sum, off) => sum + off * off, 0) / width }
  })
  const shown = judged.sort((a, b) => b.error - a.error).slice(0, ROWS)
  return {
    name: 'worst rows',
    caption: `Of ${rowsOf(rows, part)}, those with the largest mean squared errors, counted from 0, each with the column that is furthest off: its value and what the model makes of it.`,
    data: {
      type: 'table',
      title: 'Worst rows',
      columns: ['row', 'error', 'furthest off', 'value', 'reconstruction'],
      rows: shown.map(({ row, furthest, error }) => {
        const at = row * width + furthest
        return [String(row), error, names[furthest]!, aim[at]!, output[at]!]
      }),
    },
  }
}

const rowsOf = (rows: number, part: string) => `${rows.toLocaleString('en')} rows of the ${part} data`
