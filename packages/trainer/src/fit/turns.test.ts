import type { Objective, Phase, Turns } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { batchesOf, objectivesWithin, planTurns, turnsAt, updatesBefore } from './turns'

const objectives = ['a', 'b', 'c'].map(
  (name): Objective => ({ name, trains: [], fields: {}, loss: () => ({}) as never }),
)
const cycles = fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 5,
})

/** Phases that follow one another, all by epochs or all by updates (at least 30 apart, longer than any cycle). */
const phases = fc
  .record({
    cycles: fc.array(cycles, { minLength: 1, maxLength: 4 }),
    gaps: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }),
    unit: fc.constantFrom('epoch', 'step'),
  })
  .map(({ cycles, gaps, unit }): Phase[] => {
    let at = unit === 'epoch' ? 1 : 0
    return cycles.map((turns, i) => {
      if (i === 0) return { turns }
      at += gaps[i - 1]! * (unit === 'epoch' ? 1 : 30)
      return { turns, from: (unit === 'epoch' ? { epoch: at } : { step: at }) as Phase['from'] }
    })
  })

/** Goes through the batches one by one, as the definition of a phase has it. */
function walk(asked: readonly Phase[], perEpoch: number, batches: number): (readonly string[])[] {
  const seen: (readonly string[])[] = []
  let phase = 0
  let first = 0
  let updates = 0
  for (let batch = 0; batch < batches; batch++) {
    const from = asked[phase + 1]?.from
    const come = from && ('epoch' in from ? batch >= (from.epoch - 1) * perEpoch : updates >= from.step)
    if (come) {
      phase++
      first = batch
    }
    const cycle = asked[phase]!.turns
    seen.push(cycle[(batch - first) % cycle.length]!)
    updates += seen.at(-1)!.length
  }
  return seen
}

test('turns, and counts of updates, are those of going through the batches one by one', () => {
  fc.assert(
    fc.property(phases, fc.integer({ min: 1, max: 7 }), fc.nat(60), (asked, perEpoch, batches) => {
      const turns = planTurns(objectives, asked, perEpoch)
      const walked = walk(asked, perEpoch, batches)
      expect(Array.from({ length: batches }, (_, batch) => turnsAt(turns, batch))).toEqual(walked)
      expect(updatesBefore(turns, batches)).toBe(walked.flat().length)
      for (const name of ['a', 'b'])
        expect(updatesBefore(turns, batches, name)).toBe(walked.flat().filter((n) => n === name).length)
    }),
    { numRuns: 300 },
  )
})

test('which phases train an objective, and for how long', () => {
  const asked: Turns = [
    { turns: [['a'], ['a', 'b']] },
    { from: { epoch: 3 }, turns: [['c']] },
    { from: { epoch: 4 }, turns: [['b']] },
  ]
  const turns = planTurns(objectives, asked, 10)
  expect(turns.map(({ firstBatch }) => firstBatch)).toEqual([0, 20, 30])
  expect([batchesOf(turns, 'a', 50), batchesOf(turns, 'b', 50), batchesOf(turns, 'c', 25)]).toEqual([
    { first: 0, count: 20 },
    { first: 0, count: 40 },
    { first: 20, count: 5 },
  ])
  expect(objectivesWithin(turns, 0, 20)).toEqual(['a', 'b'])
  expect(objectivesWithin(turns, 19, 21)).toEqual(['a', 'b', 'c'])
  expect(objectivesWithin(turns, 30, 40)).toEqual(['b'])
  expect(objectivesWithin(turns)).toEqual(['a', 'b', 'c'])
})

test('a phase that begins by updates begins with the next batch', () => {
  const asked: Turns = [{ turns: [['a'], ['a', 'b', 'b']] }, { from: { step: 6 }, turns: [['c']] }]
  expect(planTurns(objectives, asked, 10)[1]!.firstBatch).toBe(4)
})

describe('malformed turns are refused', () => {
  const one: Phase = { turns: [['a']] }
  test.each<[string, Turns, RegExp]>([
    [
      'nothing',
      [],
      /are malformed\. Got a batch on which none has its turn; expected lists of a, b, c, one a batch/,
    ],
    ['an empty turn', [['a'], []], /Got a batch on which none has its turn/],
    ['an unknown name', [['a'], ['d']], /Got the name "d"/],
    ['an unknown optimizer', [one, { ...one, from: { epoch: 2 }, reset: ['d'] }], /Got the name "d"/],
    [
      'a late beginning',
      [{ ...one, from: { epoch: 2 } }],
      /Got a first phase from epoch 2; expected "from" in every phase but the first/,
    ],
    ['no beginning', [one, one], /Got phase 2 without a beginning/],
    [
      'the wrong order',
      [one, { ...one, from: { epoch: 4 } }, { ...one, from: { epoch: 4 } }],
      /Got phase 3 from epoch 4 after one from epoch 4; expected phases in their order/,
    ],
    [
      'updates after an epoch that comes later',
      [one, { ...one, from: { epoch: 4 } }, { ...one, from: { step: 9 } }],
      /^phase 3 of the turns does not begin after the one before it\. Got batch 31 of the run after batch 31, at 10 batches an epoch\. Let all/,
    ],
  ])('%s', async (_, turns, message) => {
    await expectError(() => planTurns(objectives, turns, 10), { code: 'spec', message })
  })
})
