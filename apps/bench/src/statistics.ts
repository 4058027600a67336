/** The middle value; the mean of the two middle ones of an even number. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** Quotients of values that were measured one after the other: a slow moment of the machine slows both. */
export function pairedRatio(numerators: readonly number[], denominators: readonly number[]): Spread {
  const ratios = numerators.map((n, i) => n / denominators[i]!)
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) }
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}

/** Whether two series of losses agree, each value to `tolerance` relative. NaN never agrees. */
export function lossesAgree(a: readonly number[], b: readonly number[], tolerance: number): boolean {
  return a.length === b.length && a.every((x, i) => Math.abs(x - b[i]!) <= tolerance * Math.abs(b[i]!))
}
