import '@tensorflow/tfjs-backend-cpu'
import { expectError } from '@sandglass/testing'
import { add, mul, randomNormal, type Scalar, sum, type Tensor, tensor } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { trace } from '../trace/trace'
import { watchGraph } from './hidden-state'

const traced = (f: (x: Tensor) => Tensor) => () =>
  trace(({ x }) => ({ y: f(x!) as Scalar }), { x: { shape: [2, 3] } })

/** Uses until something is found, and what. */
function usesUntil(f: (x: Tensor, use: number) => Tensor, most = 2000): [number, Error | undefined] {
  let use = 0
  const trace = traced((x) => f(x, use))
  const watch = watchGraph('training "x"', trace())
  for (use = 1; use <= most; use++)
    try {
      watch.use(trace)
    } catch (error) {
      return [use, error as Error]
    }
  return [most, undefined]
}

test('maths that stays as it is is looked at three times in 2,000 uses', () => {
  let calls = 0
  const [uses, error] = usesUntil((x) => {
    calls++
    return sum(mul(add(x, tensor([1, 2, 3, 4, 5, 6], [2, 3])), 0.25))
  })
  expect([uses, error, calls]).toEqual([2000, undefined, 4])
})

test('a number that changes is found, with what it was', () => {
  const [uses, error] = usesUntil((x, use) => sum(mul(x, use < 20 ? 0.5 : 0.75)))
  expect(uses).toBe(128)
  expectError(
    () => {
      throw error
    },
    {
      code: 'spec',
      message:
        /^training "x": the maths reads something that has changed since it was compiled\. Got 0\.75 in Mul; expected 0\.5 in Mul, as compiled\. Make the number that changes a control of the model \(Model\.controls\) and read it with controlOf\(context, name\)\.$/,
    },
  )
})

test('so are arrays, random numbers of tfjs, other operations and more or fewer of them', () => {
  const found: [string, (x: Tensor, use: number) => Tensor, RegExp][] = [
    ['array', (x, use) => sum(mul(x, tensor([1, 2, 3, 4, 5, use], [2, 3]))), /Got 6 values, \d+ in Mul/],
    ['random numbers', (x) => sum(mul(x, randomNormal([2, 3]))), /Got 6 values, \d+ in Mul/],
    ['operation', (x, use) => sum(use ? mul(x, x) : add(x, x)), /Got .*Mul.*; expected .*Add.*, as compiled/],
    ['more', (x, use) => (use ? mul(sum(x), 2) : sum(x)), /Got 2 in Mul; expected y <- /],
  ]
  for (const [name, f, message] of found) {
    const [uses, error] = usesUntil(f)
    expect(uses, name).toBe(16)
    expect(error!.message, name).toMatch(message)
  }
})
