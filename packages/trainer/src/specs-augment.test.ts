import type { Kind, OptimizerSpec, ScheduleSpec } from '@sandglass/core'
import { expect, expectTypeOf, test } from 'vitest'
import { adam, cosineSchedule, sgd, warmUpSchedule } from './index'

test('factories and names are specs that the compiler knows', () => {
  const optimizers: OptimizerSpec[] = [
    sgd({ learningRate: 1 }),
    adam(),
    'adam',
    { type: 'lion', beta1: 0.95 },
  ]
  const schedules: ScheduleSpec[] = [cosineSchedule({ initial: 1 }), { type: 'step', initial: 1, every: 2 }]
  const nested = sgd({ learningRate: warmUpSchedule({ steps: 3, to: schedules[0]! }), nesterov: true })
  expectTypeOf<'optimizer' | 'schedule'>().toExtend<Kind>()
  expectTypeOf<'adamw'>().toExtend<OptimizerSpec>()
  expect([...optimizers, nested]).toHaveLength(5)
})

test('the compiler refuses others', () => {
  // @ts-expect-error: misspelt option
  expect(sgd({ momentm: 0.9 })).toBeDefined()
  // @ts-expect-error: a schedule needs its options
  const bare: ScheduleSpec = 'cosine'
  // @ts-expect-error: no such optimizer
  const unknown: OptimizerSpec = { type: 'adem' }
  // @ts-expect-error: not a learning rate
  const rate = warmUpSchedule({ steps: 3, to: true })
  expect([bare, unknown, rate]).toHaveLength(3)
})
