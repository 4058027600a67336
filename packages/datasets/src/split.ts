import { createStreams, type Dataset, range, readField, SandglassError } from '@sandglass/core'
import { apportion } from './apportion'

export interface SplitOptions {
  /** Draws the parts at random; without it they are cut in order. */
  seed?: number
  /** Name of a field of class numbers whose proportions every part keeps. */
  stratify?: string
}

/**
 * Cuts a dataset into named parts that share no sample: `split(data, { train: 0.8, validation: 0.2 }, { seed: 1 })`.
 *
 * Values that add up to at most 1 are fractions of the data (rounded by largest remainders, so that fractions of sum
 * 1 use every sample); otherwise they are counts. What no part claims is left out. With `stratify`, each part holds of
 * each class its share, to within `1 + classes · share of the class` samples.
 *
 * The parts are views: nothing is copied. Throws `SandglassError` (code `data`) when parts are empty or ask for more
 * than there is, or the classes are not in memory.
 */
export function split<Name extends string, D extends Dataset>(
  dataset: D,
  parts: Readonly<Record<Name, number>>,
  { seed, stratify }: SplitOptions = {},
): Record<Name, D> {
  const classes = stratify === undefined ? undefined : classesOf(dataset, stratify)
  const rows = splitRows(`dataset "${dataset.name}"`, dataset.size, parts, { seed, classes })
  return mapParts(rows, (part) => dataset.select(part))
}

/** The rows of each part. `what` is for messages; `classes` are those of the rows, to stratify by. */
export function splitRows<Name extends string>(
  what: string,
  size: number,
  parts: Readonly<Record<Name, number>>,
  { seed, classes }: { readonly seed?: number; readonly classes?: ArrayLike<number> },
): Record<Name, Int32Array> {
  const counts = partCounts(what, size, Object.keys(parts), Object.values(parts))
  const order = seed === undefined ? range(0, size) : createStreams(seed).at('data/split').permutation(size)
  const arranged = classes ? interleaveClasses(classes, order) : order
  let start = 0
  let i = 0
  return mapParts(parts, () => {
    const count = counts[i++]!
    start += count
    return arranged.subarray(start - count, start)
  })
}

/** Something of each part, in their order. */
export function mapParts<Name extends string, A, B>(
  parts: Readonly<Record<Name, A>>,
  make: (part: A) => B,
): Record<Name, B> {
  const made = Object.entries<A>(parts).map(([name, part]) => [name, make(part)])
  return Object.fromEntries(made) as Record<Name, B>
}

function partCounts(
  what: string,
  size: number,
  names: readonly string[],
  values: readonly number[],
): number[] {
  const shown = names.map((name, i) => `${name} ${values[i]}`).join(', ') || 'no parts'
  const fail = (fault: string, expected: string) =>
    new SandglassError('data', `${what}: ${fault}`, { got: shown, expected })
  if (names.length === 0 || !values.every((value) => Number.isFinite(value) && value > 0))
    throw fail('cannot split into these parts', 'a fraction or a count above 0 for each part')
  const sum = values.reduce((a, b) => a + b, 0)
  const fractions = sum <= 1 + 1e-9
  if (!fractions && !values.every((value) => Number.isSafeInteger(value)))
    throw fail(
      'cannot split into these parts',
      'fractions that add up to at most 1, or whole numbers of samples',
    )
  if (!fractions && sum > size) throw fail('too few samples for these parts', `at most ${size} in all`)
  const counts = fractions ? apportion(values, size) : [...values]
  const none = counts.indexOf(0)
  if (none >= 0)
    throw fail(`part "${names[none]}" would be empty`, `shares of ${size} samples of at least one each`)
  return counts
}

function classesOf(dataset: Dataset, name: string): ArrayLike<number> {
  const field = Object.hasOwn(dataset.fields, name) ? dataset.fields[name] : undefined
  const fail = (got: string, expected: string, advice?: string) =>
    new SandglassError('data', `dataset "${dataset.name}": cannot stratify by "${name}"`, {
      got,
      expected,
      advice,
    })
  if (!field || field.shape.length > 0 || field.dtype.startsWith('float'))
    throw fail(
      field ? 'a field that is not a class number per sample' : 'no such field',
      'a field of shape [] stored as integers',
    )
  const values = readField(dataset, name)
  if (values instanceof Promise) {
    values.catch(() => {})
    throw fail(
      'a field that has to be read first',
      'classes that are in memory',
      'Load the dataset into memory first (load), or split it without stratify.',
    )
  }
  return values.data
}

/**
 * Reorders so that every stretch holds all classes in proportion: the k-th of a class's n samples is put at
 * (k + ½) / n, ties in the given order.
 */
function interleaveClasses(classes: ArrayLike<number>, order: Int32Array): Int32Array {
  const totals = new Map<number, number>()
  for (const i of order) totals.set(classes[i]!, (totals.get(classes[i]!) ?? 0) + 1)
  const seen = new Map<number, number>()
  const place = new Float64Array(order.length)
  const rank = Array.from(order, (i, position) => {
    const c = classes[i]!
    const k = seen.get(c) ?? 0
    seen.set(c, k + 1)
    place[position] = (k + 0.5) / totals.get(c)!
    return position
  })
  rank.sort((a, b) => place[a]! - place[b]! || a - b)
  return Int32Array.from(rank, (position) => order[position]!)
}
