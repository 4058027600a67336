/** Some of many numbers, in order to tell their quantiles. */
export interface EvenlySpaced {
  add(value: number): void
  /** By linear interpolation between the two nearest numbers, as NumPy has it. */
  quantile(share: number): number
}

/** Keeps all numbers up to `most`; of more of them every 2ⁿ-th. */
export function evenlySpaced(most = 2 ** 20): EvenlySpaced {
  let values = new Float64Array(Math.min(1024, most))
  let length = 0
  let stride = 1
  let seen = 0
  let sorted: Float64Array | undefined

  function halve(): void {
    const half = Math.ceil(length / 2)
    for (let i = 0; i < half; i++) values[i] = values[2 * i]!
    length = half
    stride *= 2
  }

  return {
    add: (value) => {
      if (seen++ % stride !== 0) return
      if (length === most) {
        halve()
        if ((seen - 1) % stride !== 0) return
      }
      if (length === values.length) {
        const larger = new Float64Array(Math.min(most, 2 * length))
        larger.set(values)
        values = larger
      }
      values[length++] = value
      sorted = undefined
    },
    quantile: (share) => {
      sorted ??= values.slice(0, length).sort()
      const place = share * (length - 1)
      const below = sorted[Math.floor(place)]!
      const above = sorted[Math.ceil(place)]!
      return below + (above - below) * (place - Math.floor(place))
    },
  }
}
