import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { meanOfShards } from './collective'

const tensor = (...data: number[]) => ({ shape: [data.length], data: Float32Array.from(data) })

test('the mean of shards weighs each by its samples', () => {
  const shards = [
    { values: { a: tensor(1, -2), b: tensor(4) }, samples: 3 },
    { values: { b: tensor(8), a: tensor(5, 2) }, samples: 1 },
  ]
  expect(meanOfShards(shards)).toEqual({ a: tensor(2, -1), b: tensor(5) })
  expect(meanOfShards([])).toEqual({})
})

test('sums are in double precision', () => {
  const shards = [2 ** 24, 1, 1].map((value) => ({ values: { a: tensor(value) }, samples: 1 }))
  expect(meanOfShards(shards).a!.data[0]).toBe(Math.fround((2 ** 24 + 2) / 3))
})

test('sessions that train differently are told so', () => {
  const cases = [
    [{ a: tensor(1, 2) }, /Got "a" of \[2\]; expected "a" of \[1\]/],
    [{}, /Got no "a"; expected "a" of \[1\]/],
    [{ a: tensor(1), c: tensor(1) }, /Got "c" of \[1\]; expected no "c"/],
  ] as const
  for (const [values, message] of cases) {
    const shards = [
      { values: { a: tensor(1) }, samples: 1 },
      { values, samples: 1 },
    ]
    expectError(() => meanOfShards(shards), { code: 'data', message })
    expectError(() => meanOfShards(shards), { message: /^the sessions of a collective do not train alike\./ })
  }
})
