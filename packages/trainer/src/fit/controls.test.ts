import { decodeModel, type Model, type ModelSpec } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../checkpoint/checkpoint'
import { openModel, plateauSchedule, sgd, stepSchedule, warmUpSchedule } from '../index'
import { cpu, noisyModel, registry, uniformData } from '../testing/fixture'
import { variational } from '../testing/variational'
import { fit } from './fit'
import type { FitOptions } from './options'

// 20 samples in batches of 8 make 3 batches an epoch, the last of 4.
const data = { train: uniformData(20, 1), validation: uniformData(9, 2) }
const rising = warmUpSchedule({ steps: 6, to: 1.5 })

function optionsWith(changes: Partial<FitOptions> = {}): FitOptions {
  const optimizer = sgd({ learningRate: 0.1, momentum: 0.5 })
  return { registry, backend: cpu, optimizer, epochs: 3, batchSize: 8, seed: 5, ...changes }
}

/** Trains, and notes at each step the control and what it does to the loss. */
async function steps(options: FitOptions, model = variational()) {
  const seen: { beta: number; ratio: number }[] = []
  const run = fit(model, data, options)
  for await (const event of run)
    if (event.type === 'step') {
      const { weighted, kl } = event.scalars
      seen.push({ beta: event.controls.beta!, ratio: weighted! / kl! })
    }
  return { seen, result: await run }
}

test('a schedule drives a control batch by batch: the loss has its value, and so has what is reported', async () => {
  const { seen, result } = await steps(optionsWith({ controls: { beta: rising } }))
  const expected = [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.5, 1.5]
  expect(seen.map(({ beta }) => beta)).toEqual(expected)
  for (const [i, { ratio }] of seen.entries()) expect(ratio).toBeCloseTo(expected[i]!, 5)
  expect(result.history.map(({ beta, temperature }) => [beta, temperature])).toEqual([
    [0.5, 1],
    [1.25, 1],
    [1.5, 1],
  ])
  // Validation is done with the control as it was in the last batch.
  for (const entry of result.history) {
    const divergence = entry.val_kl! * entry.beta!
    expect(entry.val_weighted).toBeCloseTo(divergence, 5)
    expect(entry.val_loss).toBeCloseTo(entry.val_reconstruction! + divergence, 5)
  }
  result.model.dispose()
})

test('a model declares what its controls do, by the epoch or the batch, and options override it', async () => {
  const declared = variational({ beta: stepSchedule({ initial: 2, every: 1, factor: 0.5 }) })
  const own = await steps(optionsWith({ epochs: 2 }), declared)
  expect(own.seen.map(({ beta }) => beta)).toEqual([2, 2, 2, 1, 1, 1])
  const overridden = await steps(optionsWith({ epochs: 1, controls: { beta: 0.125 } }), declared)
  expect(overridden.seen.map(({ beta }) => beta)).toEqual([0.125, 0.125, 0.125])
  const plain = await steps(optionsWith({ epochs: 1 }), variational({ beta: 0.125 }))
  expect(plain.result.history[0]!.loss).toBe(overridden.result.history[0]!.loss)
  for (const { result } of [own, overridden, plain]) result.model.dispose()
})

test('functions and evaluation go on with the last values, in the run, after it and from a file', async () => {
  const codes: number[] = []
  const { model } = await fit(variational(), data, {
    ...optionsWith({ epochs: 1, controls: { beta: rising, temperature: rising } }),
    callbacks: [
      {
        name: 'looks',
        onStep: async ({ controls }, run) => {
          expect(run.controls).toEqual(controls)
          const at = async (temperature?: number) => {
            const own = temperature === undefined ? {} : { controls: { temperature } }
            return (await run.apply('sample', {}, { size: 1, seed: 1, ...own })).output!.data[0]!
          }
          expect(await at()).toBe(await at(controls.temperature))
          codes.push(await at())
        },
      },
    ],
  })
  expect(new Set(codes).size).toBe(3)
  expect(model.controls).toEqual({ beta: 0.5, temperature: 0.5 })
  const last = await model.run('sample', {}, { size: 2, seed: 1 })
  const cold = await model.run('sample', {}, { size: 2, seed: 1, controls: { temperature: 0 } })
  expect(last.output).not.toEqual(cold.output)
  expect(cold.output!.data.slice(0, 6)).toEqual(cold.output!.data.slice(6))
  const loss = await model.evaluate(data.validation)
  expect(loss.weighted! / loss.kl!).toBeCloseTo(0.5, 5)
  const heavier = await model.evaluate(data.validation, { controls: { beta: 4 } })
  expect(heavier.weighted! / heavier.kl!).toBeCloseTo(4, 5)

  const opened = await openModel(decodeModel(await model.save(), registry), { backend: cpu, seed: 5 })
  expect(opened.controls).toEqual(model.controls)
  expect(await opened.run('sample', {}, { size: 2, seed: 1 })).toEqual(last)
  expect(await opened.evaluate(data.validation)).toEqual(loss)
  // What was never trained has what a training would begin with.
  const fresh = registry.build('model', variational({ beta: rising }), { registry, fields: { input: [6] } })
  const untrained = await openModel({ model: fresh, weights: await model.weights() }, { backend: cpu })
  expect(untrained.controls).toEqual({ beta: 0, temperature: 1 })
  for (const each of [model, opened, untrained]) each.dispose()
})

test('stopped after any step and resumed is the same run, to the last bit', async () => {
  const beta = plateauSchedule({ initial: 1, monitor: 'val_kl', patience: 1, minDelta: 10, factor: 0.5 })
  const options = optionsWith({ epochs: 4, controls: { beta, temperature: rising } })
  const whole = await fit(variational(), data, options)
  expect(whole.history.map((entry) => entry.beta)).toEqual([1, 1, 0.5, 0.25])
  const bytes = encodeCheckpoint(whole.checkpoint)
  for (let k = 1; k < 12; k++) {
    const controller = new AbortController()
    const onStep = ({ step }: { step: number }) => {
      if (step === k) controller.abort()
    }
    const stopped = await fit(variational(), data, {
      ...options,
      signal: controller.signal,
      callbacks: [{ name: 'stopper', onStep }],
    })
    const checkpoint: Checkpoint = decodeCheckpoint(encodeCheckpoint(stopped.checkpoint))
    const resumed = await fit(variational(), data, { ...options, resumeFrom: checkpoint })
    expect(resumed.history, `after ${k}`).toEqual(whole.history)
    expect(encodeCheckpoint(resumed.checkpoint), `after ${k}`).toEqual(bytes)
    expect(await resumed.model.save()).toEqual(await whole.model.save())
    for (const { model } of [stopped, resumed]) model.dispose()
  }
  whole.model.dispose()
})

describe('refuses', () => {
  const run = (changes: Partial<FitOptions>, model = variational() as ModelSpec | Model) =>
    Promise.resolve(fit(model, data, optionsWith(changes)))

  test('controls that the model lacks, with the nearest', async () => {
    await expectError(() => run({ controls: { temprature: 2 } }), {
      code: 'spec',
      message:
        /^the model has no control "temprature"\. Expected beta, temperature\. Did you mean "temperature"\?$/,
    })
    await expectError(() => run({ controls: { beta: 2 } }, noisyModel), {
      code: 'spec',
      message: /the model has no control "beta"\. Expected none: it declares no controls\./,
    })
  })

  test('malformed schedules, by the name of the control', async () => {
    await expectError(() => run({ controls: { beta: { type: 'warmUp', steps: 0, to: 1 } as never } }), {
      code: 'spec',
      message: /controls\.beta\.steps/,
    })
    await expectError(() => run({ controls: { beta: 'warmup' as never } }), {
      code: 'spec',
      message: /^controls\.beta: unknown schedule type "warmup"\. .* Did you mean "warmUp"\?$/,
    })
  })

  test('values that are not finite, at their step', async () => {
    const beta = { type: 'exponential', initial: 1, decaySteps: 1, decayRate: 1e39 } as const
    await expectError(() => run({ controls: { beta } }), {
      code: 'numeric',
      message:
        /^the control "beta" has no usable value at step 1\. Got 1e\+39; expected a finite number, also in float32\.$/,
    })
  })

  test('a checkpoint of a run with other controls', async () => {
    const { model, checkpoint } = await run({ controls: { beta: rising }, epochs: 1 })
    model.dispose()
    await expectError(() => run({ resumeFrom: checkpoint }), {
      code: 'spec',
      message: /^the checkpoint is of another run, which differs in controls\./,
    })
  })

  test('a control with the name of something that is reported', async () => {
    const built = registry.build('model', variational(), { registry, fields: { input: [6] } })
    await expectError(() => run({}, { ...built, controls: { ...built.controls, kl: 1 } }), {
      code: 'spec',
      message:
        /^the control "kl" has the name of something that is reported\. Expected a name that is none of epoch, loss, /,
    })
  })
})
