/**
 * Whole numbers in proportion to `fractions` of `total`, by largest remainders (Hamilton): each is its share rounded
 * down or up, and they add up to the sum of the shares, rounded. Ties go to the earlier part.
 */
export function apportion(fractions: readonly number[], total: number): number[] {
  // Shares a rounding error below a whole number count as that number.
  const shares = fractions.map((fraction) => {
    const share = fraction * total
    const whole = Math.round(share)
    return Math.abs(share - whole) < 1e-6 ? whole : share
  })
  const counts = shares.map(Math.floor)
  const wanted = Math.min(total, Math.round(shares.reduce((a, b) => a + b, 0)))
  let missing = wanted - counts.reduce((a, b) => a + b, 0)
  const byRemainder = shares
    .map((_, i) => i)
    .sort((a, b) => shares[b]! - counts[b]! - (shares[a]! - counts[a]!) || a - b)
  for (const i of byRemainder) {
    if (missing <= 0) break
    if (shares[i]! > counts[i]!) {
      counts[i]!++
      missing--
    }
  }
  return counts
}
