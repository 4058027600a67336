import {
  core,
  createRegistry,
  define,
  definePlugin,
  type Scalars,
  type ScheduleProgress,
} from '@sandglass/core'
import { conformance, expectError, expectGolden } from '@sandglass/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  constantSchedule,
  cosineSchedule,
  learningRateAt,
  piecewiseSchedule,
  plateauSchedule,
  scheduleOf,
  schedules,
  sgd,
  stepSchedule,
  trainer,
  warmUpSchedule,
} from '../index'
import golden from './schedules.golden.json' with { type: 'json' }

const registry = createRegistry([core, trainer])
const at = (progress: Partial<ScheduleProgress>): ScheduleProgress => {
  const { step = 0, stepsPerEpoch = 10 } = progress
  return {
    step,
    epoch: Math.floor(step / stepsPerEpoch),
    stepsPerEpoch,
    totalSteps: 1000,
    history: [],
    monitor: { name: 'val_loss', mode: 'min' },
    ...progress,
  }
}
const build = (spec: { type: string }) => scheduleOf(spec, registry)

describe('Keras', () => {
  test.each(golden.schedules)('$type $options', ({ type, options, rates }) => {
    const schedule = build({ type, ...options })
    const got = golden.steps.map((step) => schedule(at({ step })))
    // Keras computes in float32, where the end of a cosine loses digits.
    expectGolden(got, rates, { relative: 2e-6, absolute: 1e-7 })
  })

  test.each(golden.plateaus)('plateau $options', ({ options, monitored, rates }) => {
    const schedule = build(plateauSchedule(options as never))
    const history = monitored.map((value) => ({
      [(options as { monitor?: string }).monitor ?? 'val_loss']: value,
    }))
    const got = rates.map((_, epoch) => schedule(at({ history: history.slice(0, epoch) })))
    expectGolden(got, rates, { relative: 1e-6, absolute: 0 })
    expect(new Set(rates).size).toBeGreaterThan(2)
  })
})

test.each(schedules.filter((s) => s !== warmUpSchedule).map((s) => [s.type, s] as const))(
  '%s keeps the contract',
  (type, definition) => {
    const options = {
      constant: { value: 0.1 },
      cosine: { initial: 0.1 },
      exponential: { initial: 0.1, decaySteps: 10, decayRate: 0.9 },
      piecewise: { boundaries: [1], values: [1, 0.1] },
      plateau: { initial: 0.1 },
      step: { initial: 0.1, every: 10 },
    }[type as 'step']
    conformance(definition, [{ options }])
  },
)

describe('constant', () => {
  test('is what a number is', () => {
    for (const step of [0, 7, 1e6]) {
      expect(build(constantSchedule({ value: 0.3 }))(at({ step }))).toBe(0.3)
      expect(learningRateAt(0.3, registry, at({ step }))).toBe(0.3)
    }
  })
})

describe('step', () => {
  test('multiplies every few epochs, whatever the step within', () => {
    const schedule = build(stepSchedule({ initial: 1, every: 2, factor: 0.5, minimum: 0.2 }))
    expect([0, 1, 2, 3, 4, 5, 6, 8].map((epoch) => schedule(at({ epoch, step: 999 })))).toEqual([
      1, 1, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2,
    ])
  })
})

describe('piecewise', () => {
  test('in epochs lasts as many epochs as the boundary says', () => {
    const schedule = build(piecewiseSchedule({ boundaries: [2, 3], values: [1, 0.5, 0.25], unit: 'epochs' }))
    expect([0, 1, 2, 3, 4].map((epoch) => schedule(at({ epoch })))).toEqual([1, 1, 0.5, 0.25, 0.25])
  })

  test('refuses what does not match', () => {
    expectError(() => build(piecewiseSchedule({ boundaries: [5], values: [1, 2, 3] })), {
      code: 'spec',
      message: /Got 1 boundaries and 3 values; expected one value more/,
    })
    expectError(() => build(piecewiseSchedule({ boundaries: [5, 5], values: [1, 2, 3] })), {
      code: 'spec',
      message: /boundaries must rise\. Got 5, 5/,
    })
  })
})

describe('cosine', () => {
  test('decays over the whole run unless told otherwise', () => {
    const schedule = build(cosineSchedule({ initial: 1 }))
    expect(schedule(at({ step: 0, totalSteps: 40 }))).toBe(1)
    expect(schedule(at({ step: 20, totalSteps: 40 }))).toBeCloseTo(0.5, 12)
    expect(schedule(at({ step: 40, totalSteps: 40 }))).toBe(0)
    const warmed = build(cosineSchedule({ initial: 0.1, warmupSteps: 10, warmupTarget: 1 }))
    expect(warmed(at({ step: 10, totalSteps: 40 }))).toBe(1)
    expect(warmed(at({ step: 25, totalSteps: 40 }))).toBeCloseTo(0.5, 12)
  })

  test('never rises after its warm-up', () => {
    fc.assert(
      fc.property(
        fc.record({
          decaySteps: fc.integer({ min: 1, max: 200 }),
          alpha: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        fc.nat(300),
        (options, step) => {
          const schedule = build(cosineSchedule({ initial: 0.7, ...options }))
          const [now, next] = [schedule(at({ step })), schedule(at({ step: step + 1 }))]
          expect(next).toBeLessThanOrEqual(now)
          expect(next).toBeGreaterThanOrEqual(0.7 * options.alpha - 1e-12)
        },
      ),
    )
  })

  test('refuses half a warm-up', () => {
    expectError(() => build(cosineSchedule({ initial: 1, warmupSteps: 3 })), {
      code: 'spec',
      message: /half a warm-up\. Got warmupSteps without warmupTarget; expected both or neither/,
    })
    expectError(() => build(cosineSchedule({ initial: 1, warmupTarget: 3 })), {
      message: /warmupTarget without warmupSteps/,
    })
  })
})

describe('warmUp', () => {
  test('rises to a number and stays', () => {
    const schedule = build(warmUpSchedule({ steps: 4, to: 0.8 }))
    expect([0, 1, 2, 3, 4, 5].map((step) => schedule(at({ step })))).toEqual([
      0, 0.2, 0.4, 0.6000000000000001, 0.8, 0.8,
    ])
  })

  test('before a cosine is the warm-up of Keras', () => {
    const cosine = cosineSchedule({
      initial: 0.1,
      decaySteps: 50,
      alpha: 0.2,
      warmupSteps: 8,
      warmupTarget: 0.9,
    })
    const composed = warmUpSchedule({
      steps: 8,
      from: 0.1,
      to: cosineSchedule({ initial: 0.9, decaySteps: 50, alpha: 0.2 }),
    })
    for (let step = 0; step < 70; step++)
      expect(build(composed)(at({ step }))).toBeCloseTo(build(cosine)(at({ step })), 12)
  })

  test('in epochs counts their steps, and what follows begins after it', () => {
    const to = stepSchedule({ initial: 1, every: 1, factor: 0.5 })
    const schedule = build(warmUpSchedule({ epochs: 1.5, to }))
    expect([0, 3, 15, 24, 25, 35].map((step) => schedule(at({ step })))).toEqual([0, 0.2, 1, 1, 0.5, 0.25])
  })

  test('what follows does not see the epochs before it', () => {
    const to = plateauSchedule({ initial: 1, patience: 1, factor: 0.5 })
    const schedule = build(warmUpSchedule({ epochs: 2, to }))
    const history = [1, 2, 3, 3, 3].map((val_loss) => ({ val_loss }))
    const rates = [1, 2, 3, 4, 5].map((epochs) =>
      schedule(at({ step: epochs * 10, history: history.slice(0, epochs) })),
    )
    expect(rates).toEqual([0.5, 1, 1, 0.5, 0.25])
  })

  test('validates the schedule within, by its full path', () => {
    expectError(
      () =>
        registry.parse('optimizer', sgd({ learningRate: { type: 'warmUp', steps: 1, to: true } as never })),
      {
        code: 'spec',
        message: /optimizer\.learningRate\.to/,
      },
    )
    expectError(
      () =>
        registry.parse('optimizer', {
          type: 'sgd',
          learningRate: { type: 'warmUp', steps: 1, to: { type: 'cosine', initail: 1 } },
        }),
      {
        code: 'spec',
        message: /optimizer\.learningRate\.to: unknown option "initail", did you mean "initial"\?/,
      },
    )
  })

  test('needs one length', () => {
    expectError(() => build(warmUpSchedule({ to: 1 })), {
      code: 'spec',
      message: /Got neither steps nor epochs/,
    })
    expectError(() => build(warmUpSchedule({ steps: 1, epochs: 1, to: 1 })), {
      message: /Got both steps and epochs/,
    })
  })

  test('survives JSON, with the schedules within', () => {
    const spec = warmUpSchedule({ steps: 4, to: cosineSchedule({ initial: 1 }) })
    expect(Object.isFrozen(spec.to)).toBe(true)
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec)
    const parsed = registry.parse('schedule', spec)
    expect(parsed).toEqual({
      type: 'warmUp',
      steps: 4,
      from: 0,
      to: { type: 'cosine', initial: 1, alpha: 0 },
    })
    expect(registry.parse('schedule', parsed)).toEqual(parsed)
  })
})

describe('plateau', () => {
  test('does not depend on what was asked before: a resumed run goes on the same', () => {
    const spec = plateauSchedule({ initial: 1, patience: 2, factor: 0.5, cooldown: 1 })
    const losses = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 })
    fc.assert(
      fc.property(losses, (values) => {
        const history = values.map((val_loss) => ({ val_loss }))
        const used = build(spec)
        const rates = history.map((_, epoch) => used(at({ history: history.slice(0, epoch) })))
        expect(used(at({ history }))).toBe(build(spec)(at({ history })))
        expect(rates).toEqual(rates.toSorted((a, b) => b - a))
      }),
    )
  })

  test('takes higher accuracies for better, other metrics for worse', () => {
    const rising = [0.1, 0.2, 0.3, 0.4]
    const rate = (monitor: string) =>
      build(plateauSchedule({ initial: 1, patience: 3, monitor }))(
        at({ history: rising.map((value) => ({ [monitor]: value })) }),
      )
    expect(rate('val_roundedAccuracy')).toBe(1)
    expect(rate('val_reconstruction')).toBeCloseTo(0.1, 12)
  })

  test('a NaN is no improvement, and no best to be compared with', () => {
    const history = [Number.NaN, 1, Number.NaN, 0.5].map((val_loss) => ({ val_loss }))
    const schedule = build(plateauSchedule({ initial: 1, patience: 1, factor: 0.5 }))
    expect([0, 1, 2, 3, 4].map((n) => schedule(at({ history: history.slice(0, n) })))).toEqual([
      1, 0.5, 0.5, 0.25, 0.25,
    ])
  })

  test('skips epochs without the metric', () => {
    const schedule = build(plateauSchedule({ initial: 1, patience: 1, factor: 0.5 }))
    const history: Scalars[] = [{ val_loss: 1 }, { loss: 1 }, { val_loss: 1 }]
    expect([1, 2, 3].map((n) => schedule(at({ history: history.slice(0, n) })))).toEqual([1, 1, 0.5])
  })

  test('watches the figure by which the run is judged, or its own, and says which', () => {
    const history: Scalars[] = [1, 2, 1, 1].map((val_kl) => ({ val_kl }))
    const options = { initial: 1, patience: 1, factor: 0.5 }
    const own = build(plateauSchedule(options))
    const rate = (mode: 'min' | 'max') => own(at({ history, monitor: { name: 'val_kl', mode } }))
    expect([rate('max'), rate('min')]).toEqual([0.25, 0.125])
    const loss = build(warmUpSchedule({ steps: 1, to: plateauSchedule({ ...options, monitor: 'loss' }) }))
    expect([own, loss].map(({ monitors }) => monitors?.('val_kl'))).toEqual([['val_kl'], ['loss']])
    expect(build(constantSchedule({ value: 1 })).monitors).toBeUndefined()
  })
})

describe('learningRateAt', () => {
  test('takes an optimizer, a schedule or a number', () => {
    const spec = stepSchedule({ initial: 1, every: 1, factor: 0.5 })
    const optimizer = registry.build('optimizer', sgd({ learningRate: spec }))
    expect(learningRateAt(optimizer, registry, at({ epoch: 2 }))).toBe(0.25)
    expect(learningRateAt(spec, registry, at({ epoch: 2 }))).toBe(0.25)
    expect(learningRateAt(registry.build('optimizer', sgd()), registry, at({}))).toBe(0.01)
  })

  test("says which third party's schedule gave nonsense", () => {
    const broken = define('schedule', {
      type: 'acme/broken',
      description: 'gives what it is told',
      schema: z.strictObject({ value: z.number() }),
      build:
        ({ value }) =>
        ({ step }) =>
          value / step,
    })
    const acme = definePlugin({ name: 'acme', version: '1.0.0', apiVersion: 1, definitions: [broken] })
    const withAcme = createRegistry([core, trainer, acme])
    const rate = (value: number, step: number) =>
      learningRateAt(sgd({ learningRate: { ...broken({ value }) } }) as never, withAcme, at({ step }))
    expect(rate(3, 2)).toBe(1.5)
    expectError(() => rate(1, 0), {
      code: 'numeric',
      message:
        /schedule "acme\/broken" gave no usable learning rate at step 0\. Got Infinity; expected a finite/,
    })
    expectError(() => rate(-1, 1), { message: /Got -1/ })
  })
})
