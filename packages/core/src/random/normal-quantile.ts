/**
 * Quantile −Φ⁻¹(p) of the upper tail of the standard normal, for p in (0, ½]: Wichura's AS 241 (PPND16, 1988),
 * relative error about 1e-16. Made of + − × ÷ √ alone, so that every engine computes the same bits: Math.log may
 * differ between engines.
 */
export function normalQuantile(p: number): number {
  const q = 0.5 - p
  if (q <= 0.425) return q * ratio(0.180625 - q * q, CENTRE)
  const r = Math.sqrt(-naturalLog(p))
  return r <= 5 ? ratio(r - 1.6, TAIL) : ratio(r - 5, FAR_TAIL)
}

/** Natural logarithm for x in (0, 1): exponent by halving, then 2·atanh((m − 1)/(m + 1)) as a series. */
function naturalLog(x: number): number {
  let m = x
  let exponent = 0
  for (; m < Math.SQRT1_2; exponent--) m *= 2
  const s = (m - 1) / (m + 1)
  let sum = 0
  for (let n = 25; n >= 1; n -= 2) sum = sum * s * s + 1 / n
  return exponent * Math.LN2 + 2 * s * sum
}

type Rational = readonly [numerator: readonly number[], denominator: readonly number[]]

function ratio(x: number, [numerator, denominator]: Rational): number {
  return polynomial(x, numerator) / polynomial(x, denominator)
}

/** Coefficients from the highest power down. */
function polynomial(x: number, coefficients: readonly number[]): number {
  return coefficients.reduce((sum, c) => sum * x + c, 0)
}

const CENTRE: Rational = [
  [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
    1971.5909503065513, 133.14166789178438, 3.3871328727963665,
  ],
  [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
    687.1870074920579, 42.31333070160091, 1,
  ],
]

const TAIL: Rational = [
  [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038, 2.053191626637759, 1,
  ],
]

const FAR_TAIL: Rational = [
  [
    2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124,
    0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103,
  ],
  [
    2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133,
    0.014875361290850615, 0.1369298809227358, 0.5998322020658879, 1,
  ],
]
