import type { WasmCode } from './wasm-code'

// Functions of four floats at a time. Each takes a local and leaves its value on the stack. Approximations and
// coefficients: S. Moshier, Cephes Mathematical Library (expf, logf, tanhf); errors are within a few units of the last place.

/** 1.5 · 2²³: a float added to it is rounded to a whole number, which stands in the lowest bits. */
const ROUNDER = 12582912

/** eˣ, for x held between the logarithms of the smallest and (nearly) the largest float. */
export function exponential(w: WasmCode, x: number): void {
  const [r, n] = [w.newVector(), w.newVector()]
  w.get(x)
  w.floats(-87.33654)
  w.op('f32x4.pmax')
  w.floats(88.37626)
  w.op('f32x4.pmin')
  w.tee(r)
  w.floats(Math.LOG2E)
  w.op('f32x4.mul')
  w.floats(ROUNDER)
  w.op('f32x4.add')
  w.set(n)
  // r = x − n·ln 2, in two parts.
  w.get(r)
  const whole = w.newVector()
  w.get(n)
  w.floats(ROUNDER)
  w.op('f32x4.sub')
  w.tee(whole)
  w.floats(0.693359375)
  w.op('f32x4.mul', 'f32x4.sub')
  w.get(whole)
  w.floats(-2.1219444e-4)
  w.op('f32x4.mul', 'f32x4.sub')
  w.set(r)
  polynomial(w, r, [1.98756915e-4, 1.39819995e-3, 8.33345191e-3, 4.16657959e-2, 0.166666655, 0.500000012])
  w.get(r)
  w.get(r)
  w.op('f32x4.mul', 'f32x4.mul')
  w.get(r)
  w.op('f32x4.add')
  w.floats(1)
  w.op('f32x4.add')
  // times 2ⁿ: n is added to the exponent
  w.get(n)
  w.i32(23)
  w.op('i32x4.shl', 'i32x4.add')
}

/** ln x; −∞ at 0, NaN below. */
export function logarithm(w: WasmCode, x: number): void {
  const [m, e, small] = [w.newVector(), w.newVector(), w.newVector()]
  const halves = (bits: number) => w.lanes(bits, bits, bits, bits)
  w.get(x)
  w.floats(1.17549435e-38)
  w.op('f32x4.pmax')
  w.tee(m)
  w.i32(23)
  w.op('i32x4.shr_s')
  halves(-126 >>> 0)
  w.op('i32x4.add', 'f32x4.convert_i32x4_s')
  w.set(e)
  // m in [0.5, 1)
  w.get(m)
  halves(0x007fffff)
  w.op('v128.and')
  halves(0x3f000000)
  w.op('v128.or')
  w.tee(m)
  w.floats(Math.SQRT1_2)
  w.op('f32x4.lt')
  w.set(small)
  // m below √½ is doubled, and e is one less
  w.get(e)
  w.get(small)
  w.floats(1)
  w.op('v128.and', 'f32x4.sub')
  w.set(e)
  w.get(m)
  w.get(m)
  w.get(small)
  w.op('v128.and', 'f32x4.add')
  w.floats(1)
  w.op('f32x4.sub')
  w.set(m)
  polynomial(
    w,
    m,
    [
      7.03768363e-2, -0.115146103, 0.116769987, -0.124201408, 0.142493228, -0.166680577, 0.200007148,
      -0.24999994, 0.333333312,
    ],
  )
  const z = w.newVector()
  w.get(m)
  w.op('f32x4.mul')
  w.get(m)
  w.get(m)
  w.op('f32x4.mul')
  w.tee(z)
  w.op('f32x4.mul')
  w.get(e)
  w.floats(-2.1219444e-4)
  w.op('f32x4.mul', 'f32x4.add')
  w.get(z)
  w.floats(0.5)
  w.op('f32x4.mul', 'f32x4.sub')
  w.get(m)
  w.op('f32x4.add')
  w.get(e)
  w.floats(0.693359375)
  w.op('f32x4.mul', 'f32x4.add')
  w.set(m)
  // ∞ where x is, −∞ where it is 0, NaN where it is neither positive nor 0.
  w.floats(Number.NEGATIVE_INFINITY)
  w.get(m)
  w.get(x)
  w.get(x)
  w.floats(Number.POSITIVE_INFINITY)
  w.op('f32x4.ne', 'v128.bitselect')
  w.get(x)
  w.floats(0)
  w.op('f32x4.eq', 'v128.bitselect')
  w.get(x)
  w.floats(0)
  w.op('f32x4.ge', 'v128.not', 'v128.or')
}

/** 1 / (1 + e⁻ˣ) */
export function logistic(w: WasmCode, x: number): void {
  const minus = w.newVector()
  w.get(x)
  w.op('f32x4.neg')
  w.set(minus)
  w.floats(1)
  w.floats(1)
  exponential(w, minus)
  w.op('f32x4.add', 'f32x4.div')
}

/** tanh x: a polynomial near 0, 1 − 2 / (e²ˣ + 1) elsewhere. */
export function hyperbolicTangent(w: WasmCode, x: number): void {
  const [double, z] = [w.newVector(), w.newVector()]
  w.get(x)
  w.get(x)
  w.op('f32x4.mul')
  w.set(z)
  polynomial(w, z, [-5.70498873e-3, 2.06390888e-2, -5.37397156e-2, 0.133314422, -0.333332819])
  w.get(z)
  w.op('f32x4.mul')
  w.get(x)
  w.op('f32x4.mul')
  w.get(x)
  w.op('f32x4.add')
  w.get(x)
  w.get(x)
  w.op('f32x4.add')
  w.set(double)
  w.floats(1)
  w.floats(2)
  exponential(w, double)
  w.floats(1)
  w.op('f32x4.add', 'f32x4.div', 'f32x4.sub')
  w.get(x)
  w.op('f32x4.abs')
  w.floats(0.625)
  w.op('f32x4.lt', 'v128.bitselect')
}

/** c₀xⁿ + … + cₙ by Horner's rule. */
function polynomial(w: WasmCode, x: number, [first, ...rest]: readonly number[]): void {
  w.floats(first!)
  for (const c of rest) {
    w.get(x)
    w.op('f32x4.mul')
    w.floats(c)
    w.op('f32x4.add')
  }
}
