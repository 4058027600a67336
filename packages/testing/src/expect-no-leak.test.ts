import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { expectNoLeak } from './expect-no-leak'
import { failing } from './failing-kernels'

const leak = () => {
  tf.scalar(1)
}

describe('expectNoLeak', () => {
  test('returns what the function returns', async () => {
    expect(expectNoLeak(() => tf.tidy(() => tf.add(1, 2).dataSync()[0]))).toBe(3)
    expect(await expectNoLeak(async () => 4)).toBe(4)
  })

  test('catches leaks, and tensors disposed too often', async () => {
    expect(() => expectNoLeak(leak)).toThrow('1 tensor(s) leaked')
    await expect(expectNoLeak(async () => leak())).rejects.toThrow('1 tensor(s) leaked')
    const old = tf.scalar(1)
    expect(() => expectNoLeak(() => old.dispose())).toThrow('1 tensor(s) too many were disposed')
  })

  test('catches leaks of functions that throw, and passes their error on otherwise', async () => {
    const fail = (before: () => void) => () => {
      before()
      throw new Error('broken')
    }
    expect(() => expectNoLeak(fail(leak))).toThrow('1 tensor(s) leaked when it threw "broken"')
    expect(() => expectNoLeak(fail(() => {}))).toThrow(/^broken$/)
    await expect(expectNoLeak(async () => fail(leak)())).rejects.toThrow(/leaked when it threw/)
    await expect(expectNoLeak(async () => fail(() => {})())).rejects.toThrow(/^broken$/)
  })
})

describe('failing', () => {
  test('makes one kernel fail, and says when there are no more', () => {
    let got = 0
    const run = () => {
      got = 0
      tf.tidy(() => {
        const a = tf.add(1, 2)
        got = 1
        tf.mul(a, 2)
        got = 2
      })
    }
    expect([failing(0, run), got]).toEqual([true, 0])
    expect([failing(1, run), got]).toEqual([true, 1])
    expect([failing(2, run), got]).toEqual([false, 2])
    expect(tf.add(1, 2).dataSync()[0]).toBe(3)
  })

  test('passes other errors on', () => {
    expect(() =>
      failing(9, () => {
        throw new Error('mine')
      }),
    ).toThrow('mine')
  })
})
