import { SandglassError } from '../errors'

/** A copy of `rows`. Throws `SandglassError` (`data`) when one is not a sample of `what`. */
export function checkedRows(what: string, size: number, rows: ArrayLike<number>): Int32Array {
  const own = new Int32Array(rows.length)
  for (let i = 0; i < own.length; i++) {
    const row = rows[i]!
    if (!(Number.isInteger(row) && row >= 0 && row < size))
      throw new SandglassError('data', `${what}: no sample ${row}`, {
        expected: `whole numbers from 0 to ${size - 1}`,
      })
    own[i] = row
  }
  return own
}

/** As `checkedRows`, for a selection, which is never empty. */
export function selectedRows(what: string, size: number, rows: ArrayLike<number>): Int32Array {
  if (!(rows.length > 0))
    throw new SandglassError('data', `${what}: cannot select no samples`, {
      expected: 'at least one row',
    })
  return checkedRows(what, size, rows)
}

/** start…end−1 */
export function range(start: number, end: number): Int32Array {
  return Int32Array.from({ length: end - start }, (_, i) => start + i)
}

/** Whether each row is the one before plus one. */
export function isConsecutive(rows: Int32Array): boolean {
  for (let i = 1; i < rows.length; i++) if (rows[i] !== rows[0]! + i) return false
  return true
}
