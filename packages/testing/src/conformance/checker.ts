import type { Registry } from '@sandglass/core'
import { memory, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core'
import { expectNoLeak } from '../expect-no-leak'
import { failing } from '../failing-kernels'
import { fill } from '../fill'
import { gradientCheck } from '../gradient-check'
import type { Range, Smoothness } from './cases'

/** One case under test. */
export interface Checker {
  readonly registry: Registry
  /** Runs one named check; its error says what was being checked. */
  check(name: string, fn: () => void): void
}

/** One case under test, of a kind whose work is async. */
export interface AsyncChecker {
  readonly registry: Registry
  check(name: string, fn: () => void | Promise<void>): Promise<void>
}

/** Throws when `condition` does not hold. */
export function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message)
}

/** A tensor of test data. */
export function sample(shape: readonly number[], seed: number, [low, high]: Range = [-1, 1]): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1)
  return tensor(fill(size, seed, low, high), [...shape])
}

/** Runs `fn` on tensors made by `make`, all of which are gone afterwards. */
export function using<Result>(make: () => Tensor[], fn: (...tensors: Tensor[]) => Result): Result {
  const tensors = make()
  try {
    return fn(...tensors)
  } finally {
    for (const t of tensors) t.dispose()
  }
}

/** What is demanded of every pure function of tensors. */
export interface Purity {
  /** The tensors it is a function of. */
  inputs: () => Tensor[]
  /** A fresh call with its own random source: the same numbers must come out. */
  call: (...inputs: Tensor[]) => Tensor[]
  /** Expected shapes of what `call` returns first. */
  shapes?: readonly (readonly number[])[]
}

/** Shapes, determinism, inputs left alone, no leaks: also when any one of its kernels fails. */
export function checkPure({ check }: Checker, { inputs, call, shapes }: Purity): void {
  if (shapes)
    check('shapes', () =>
      using(inputs, (...xs) =>
        tidy(() =>
          call(...xs).forEach((y, i) => {
            if (!shapes[i]) return
            demand(
              y.shape.join() === shapes[i].join(),
              `result ${i} has the shape [${y.shape.join(', ')}], expected [${shapes[i].join(', ')}]`,
            )
          }),
        ),
      ),
    )
  check('determinism', () =>
    using(inputs, (...xs) => {
      const before = xs.map((x) => x.dataSync().slice())
      const runs = [bits(() => call(...xs)), bits(() => call(...xs))]
      demand(same(runs[0]!, runs[1]!), 'two calls with the same inputs and seed gave different bits')
      xs.forEach((x, i) => {
        demand(!x.isDisposed, `input ${i} was disposed`)
        demand(same([x.dataSync()], [before[i]!]), `input ${i} was changed`)
      })
    }),
  )
  check('leaks', () =>
    using(inputs, (...xs) => {
      const run = () => tidy(() => void call(...xs))
      expectNoLeak(run)
      const start = memory().numTensors
      // Every kernel of short functions, about 25 a doubling of long ones.
      for (let k = 0; failing(k, run); k += Math.max(1, Math.floor(k / 25)))
        demand(memory().numTensors === start, `tensors leaked when kernel ${k} failed`)
    }),
  )
}

/** Numeric gradients as far as the case is smooth. */
export function checkGradients(
  { check }: Checker,
  { smooth = true, order = 2, relative, absolute }: Smoothness,
  inputs: () => Tensor[],
  f: (...inputs: Tensor[]) => Tensor,
): void {
  if (!smooth) return
  check(order === 2 ? 'first and second derivatives' : 'first derivatives', () =>
    using(inputs, (...xs) => void gradientCheck(f, xs, { order, relative, absolute })),
  )
}

function bits(fn: () => Tensor[]): ArrayLike<number>[] {
  return tidy(() => fn().map((t) => t.dataSync().slice()))
}

function same(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): boolean {
  return a.length === b.length && a.every((x, i) => Array.from(x).every((v, j) => Object.is(v, b[i]![j])))
}
