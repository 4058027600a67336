/** A value in a message: short, whatever it is. */
export function describe(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  const quoted = typeof value === 'object' || typeof value === 'string'
  const text = quoted
    ? JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? String(v) : v))
    : String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
