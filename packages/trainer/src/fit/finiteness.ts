import { type Batch, type HostRecord, SandglassError, type Scalars, sizeOf } from '@sandglass/core'

/** Where the first number that is not finite stands, or −1. */
export function firstNotFinite(data: ArrayLike<number>): number {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return i
  return -1
}

/** What of a step is not finite, in words: parts of the loss, fields of the batch, weights after the update. */
export function faultsOf(scalars: Scalars, batch: Batch | undefined, weights: HostRecord): string {
  const parts = Object.entries(scalars)
    .filter(([name, value]) => name !== 'loss' && !Number.isFinite(value))
    .map(([name, value]) => `${name} = ${value}`)
  return [
    parts.join(', ') || 'finite parts',
    batch && batchFaults(batch),
    `after the update ${weightFaults(weights)}`,
  ]
    .filter(Boolean)
    .join('; ')
}

/** `weights encoder/0/kernel[3] = NaN and 7 more`, or `all weights finite`. */
export function weightFaults(weights: HostRecord): string {
  const faults = Object.entries(weights).flatMap(([name, { data }]) => {
    const at = firstNotFinite(data)
    return at < 0 ? [] : [`${name}[${at}] = ${data[at]}`]
  })
  if (!faults.length) return 'all weights finite'
  const shown = faults.slice(0, 3).join(', ')
  return `weights ${shown}${faults.length > 3 ? ` and ${faults.length - 3} more` : ''}`
}

function batchFaults(batch: Batch): string {
  for (const [field, shape] of Object.entries(batch.fields)) {
    const values = new Float32Array(batch.size * sizeOf(shape))
    batch.fill(field, values)
    const at = firstNotFinite(values)
    if (at >= 0) return `${values[at]} in the field "${field}" of the batch`
  }
  return 'a finite batch'
}

/** Throws `SandglassError` (`numeric`) naming the weights that are not finite after an update. */
export function requireFinite(weights: HostRecord, step: number): void {
  if (Object.values(weights).every(({ data }) => firstNotFinite(data) < 0)) return
  throw new SandglassError(
    'numeric',
    `weights are no longer finite after step ${step}, so no checkpoint is made`,
    {
      got: weightFaults(weights),
      expected: 'finite numbers',
      advice:
        'Lower the learning rate, or clip the gradients (clipNorm, globalClipNorm). Earlier checkpoints are intact.',
    },
  )
}
