import { type Dataset, range, SandglassError } from '@sandglass/core'

/** The first `count` samples, or those from `start` up to (not including) `end`: a view of `dataset`. */
export function take<D extends Dataset>(dataset: D, samples: number | { start?: number; end?: number }): D {
  const { start = 0, end = dataset.size } = typeof samples === 'number' ? { end: samples } : samples
  if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= dataset.size))
    throw new SandglassError('data', `dataset "${dataset.name}": cannot take these samples`, {
      got: `samples ${start} to ${end} (end excluded)`,
      expected: `a part, not empty, of 0 to ${dataset.size}`,
    })
  return dataset.select(range(start, end))
}
