/** Round numbers that cover [low, high], about `count` steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, count = 5): number[] {
  const span = high - low || Math.abs(high) || 1
  const raw = span / count
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = power * ([1, 2, 5, 10].find((n) => n * power >= raw * 0.999) ?? 10)
  const first = Math.floor(low / step + 1e-9)
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9))
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

/** Labels of ticks, with as many decimals as they need to differ. */
export function tickLabels(values: readonly number[]): string[] {
  const step = values.length > 1 ? Math.abs(values[1]! - values[0]!) : Math.abs(values[0] ?? 1)
  const largest = Math.max(...values.map(Math.abs))
  if (largest >= 1e6 || (largest > 0 && largest < 1e-3)) return values.map((value) => value.toExponential(1))
  const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(step || 1) + 1e-9)))
  return values.map((value) => value.toFixed(decimals).replace('-', '−'))
}

/** Maps [low, high] to [from, to]. */
export function linear(low: number, high: number, from: number, to: number): (value: number) => number {
  const slope = high === low ? 0 : (to - from) / (high - low)
  return (value) => from + (value - low) * slope
}
