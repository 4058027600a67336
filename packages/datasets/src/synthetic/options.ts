import { SandglassError } from '@sandglass/core'

/** Throws `SandglassError` unless `size` counts samples. */
export function checkSize(name: string, size: number): void {
  if (!Number.isSafeInteger(size) || size < 1)
    throw new SandglassError('data', `${name}: malformed size`, {
      got: String(size),
      expected: 'a whole number of samples from 1',
    })
}

/** Throws `SandglassError` unless every value is finite and not negative. */
export function checkSpreads(name: string, spreads: Readonly<Record<string, number>>): void {
  for (const [option, value] of Object.entries(spreads))
    if (!(Number.isFinite(value) && value >= 0))
      throw new SandglassError('data', `${name}: malformed ${option}`, {
        got: String(value),
        expected: 'a finite number that is not negative',
      })
}
