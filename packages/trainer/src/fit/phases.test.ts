import { type HostRecord, type Phase, type Procedure, positiveInt, type Training } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { earlyStopping, type Run } from '../callbacks/index'
import { decodeCheckpoint, encodeCheckpoint } from '../checkpoint/checkpoint'
import { adam, plateauSchedule, sgd, warmUpSchedule } from '../index'
import { changed, cpu, halvesModel, registry, uniformData } from '../testing/fixture'
import { type FitResult, fit } from './fit'
import type { FitOptions } from './options'

const paths = { critic: 'encoder', generator: 'decoder' }
const data = { train: uniformData(15, 1), validation: uniformData(7, 2) }

/** 4 batches an epoch: one epoch of the critic alone, then two critics a generator. */
const turns: readonly Phase[] = [
  { turns: [['critic']] },
  { from: { epoch: 2 }, turns: [['critic'], ['critic', 'generator']], reset: ['critic'] },
  { from: { step: 15 }, turns: [['generator']], reset: ['generator'] },
]
const training: Training = {
  turns,
  optimizers: {
    critic: adam({ learningRate: 0.01, emaMomentum: 0.8 }),
    generator: sgd({ learningRate: 0.5 }),
  },
  monitor: { name: 'val_generator_loss', mode: 'max' },
}
const base: FitOptions = { registry, backend: cpu, epochs: 5, batchSize: 4, seed: 3 }

async function finished(model: Parameters<typeof fit>[0], options: FitOptions): Promise<FitResult> {
  const result = await fit(model, data, options)
  result.model.dispose()
  return result
}

test('a model trains by its own plan: phases, optimizers, monitored figure', async () => {
  const seen: [string, number, number][] = []
  const backend = changed((session) => ({
    ...session,
    step: (request) => {
      seen.push([request.objective, request.step, request.learningRate])
      return session.step(request)
    },
  }))
  const result = await finished(halvesModel(paths, training), { ...base, backend })
  const names = seen.map(([name]) => name[0]).join('')
  // Epoch 2 begins with update 4. Update 15 falls into its batch 3 of epoch 3, so the last phase begins with batch 4.
  expect(names).toBe('cccc' + 'ccgccg' + 'ccgccg' + 'gggggggg')
  expect(seen.map(([, step]) => step)).toEqual(seen.map((_, i) => i))
  expect(new Set(seen.map(([name, , rate]) => `${name} ${rate}`))).toEqual(
    new Set(['critic 0.01', 'generator 0.5']),
  )
  expect(
    result.history.map((entry) =>
      Object.keys(entry)
        .filter((name) => /loss$/.test(name))
        .join(),
    ),
  ).toEqual([
    'critic_loss,val_critic_loss',
    'critic_loss,val_critic_loss,generator_loss,val_generator_loss',
    'critic_loss,val_critic_loss,generator_loss,val_generator_loss',
    'generator_loss,val_generator_loss',
    'generator_loss,val_generator_loss',
  ])
  expect(result.monitor).toEqual({ name: 'val_generator_loss', mode: 'max' })
  // Counted since they were last reset.
  expect(result.checkpoint.training.iterations).toEqual({ critic: 8, generator: 8 })
})

test('options come before the plan of the model, one by one', async () => {
  const model = halvesModel(paths, training)
  const { history, monitor, checkpoint } = await finished(model, {
    ...base,
    epochs: 1,
    turns: [['generator', 'critic']],
    optimizer: { generator: sgd({ learningRate: 0.25 }) },
    monitor: 'critic_loss',
  })
  expect(history[0]).toMatchObject({ critic_learningRate: 0.01, generator_learningRate: 0.25 })
  expect(monitor).toEqual({ name: 'critic_loss', mode: 'min' })
  expect(checkpoint.training.iterations).toEqual({ critic: 4, generator: 4 })
  const one = await finished(model, { ...base, epochs: 1, optimizer: sgd({ learningRate: 0.125 }) })
  expect(one.history[0]).toMatchObject({ critic_learningRate: 0.125 })
})

test('what is judged by default is the validation loss, of the last phase where there are several objectives', async () => {
  const several = await finished(halvesModel(paths, { ...training, monitor: undefined }), {
    ...base,
    epochs: 1,
  })
  expect(several.monitor).toEqual({ name: 'val_generator_loss', mode: 'min' })
  const single = await finished(halvesModel({ all: '' }), { ...base, epochs: 1, optimizer: 'adam' })
  expect(single.monitor).toEqual({ name: 'val_loss', mode: 'min' })
})

test('a phase that resets an optimizer trains on as a new run from those weights does', async () => {
  const optimizer = adam({ learningRate: 0.05, emaMomentum: 0.7 })
  const noiseless = (epochs: number, more: Partial<FitOptions>) =>
    finished(halvesModel({ decoder: 'decoder', rest: 'encoder' }), {
      ...base,
      optimizer,
      epochs,
      shuffle: false,
      ...more,
      // Dropout draws by step, and would differ.
      backend: changed((session) => ({
        ...session,
        step: (request) => session.step({ ...request, step: 0 }),
      })),
    })
  const cycle = [['decoder']]
  const first = await noiseless(2, { turns: cycle })
  const begun = await noiseless(2, { turns: cycle, initialWeights: first.checkpoint.training.weights })
  const reset = await noiseless(4, {
    turns: [{ turns: cycle }, { from: { epoch: 3 }, turns: cycle, reset: ['decoder'] }],
  })
  expect(reset.checkpoint.training).toEqual(begun.checkpoint.training)
  const kept = await noiseless(4, { turns: [{ turns: cycle }, { from: { epoch: 3 }, turns: cycle }] })
  expect(kept.checkpoint.training.weights).not.toEqual(begun.checkpoint.training.weights)
  expect(kept.checkpoint).toEqual({
    ...(await noiseless(4, { turns: cycle })).checkpoint,
    identity: kept.checkpoint.identity,
  })
})

test('an objective that begins later has schedules that begin with it', async () => {
  const late = warmUpSchedule({
    epochs: 1,
    to: plateauSchedule({ initial: 1, patience: 1, factor: 0.5, minDelta: 9 }),
  })
  const { history } = await finished(halvesModel(paths), {
    ...base,
    epochs: 6,
    optimizer: { critic: sgd(), generator: sgd({ learningRate: late }) },
    turns: [{ turns: [['critic']] }, { from: { epoch: 3 }, turns: [['generator']] }],
  })
  // Epoch 3 warms up in four updates: 0, ¼, ½, ¾. Epoch 4 is the first that the plateau sees, 5 the first without progress.
  expect(history.map(({ generator_learningRate }) => generator_learningRate)).toEqual([
    undefined,
    undefined,
    0.75,
    1,
    1,
    0.5,
  ])
})

test('stopped after every step, and at every checkpoint, a run across phases equals the uninterrupted one', async () => {
  const model = halvesModel(paths, {
    ...training,
    optimizers: {
      ...training.optimizers,
      generator: sgd({
        learningRate: plateauSchedule({ initial: 0.5, patience: 1, minDelta: 9 }),
        momentum: 0.9,
      }),
    },
  })
  const callbacks = () => [earlyStopping({ patience: 9, restoreBest: true })]
  const taken: Uint8Array[] = []
  const taker = {
    name: 'taker',
    onSettled: async (_: unknown, run: Run) => void taken.push(encodeCheckpoint(await run.checkpoint())),
  }
  const whole = await finished(model, { ...base, callbacks: [...callbacks(), taker] })
  const expected = encodeCheckpoint(whole.checkpoint)
  expect(taken).toHaveLength(24 + 5)
  for (const [i, bytes] of taken.entries()) {
    const resumed = await finished(model, {
      ...base,
      callbacks: callbacks(),
      resumeFrom: decodeCheckpoint(bytes),
    })
    expect(encodeCheckpoint(resumed.checkpoint), `checkpoint ${i}`).toEqual(expected)
  }
  for (let k = 1; k < 24; k++) {
    const controller = new AbortController()
    const stopper = {
      name: 'stopper',
      onStep: ({ step }: { step: number }) => void (step === k && controller.abort()),
    }
    const { signal } = controller
    const { checkpoint } = await finished(model, { ...base, callbacks: [...callbacks(), stopper], signal })
    const resumed = await finished(model, { ...base, callbacks: callbacks(), resumeFrom: checkpoint })
    expect(encodeCheckpoint(resumed.checkpoint), `step ${k}`).toEqual(expected)
  }
})

test('a checkpoint of other turns, another monitor or another start is refused', async () => {
  const model = halvesModel(paths, training)
  const { checkpoint } = await finished(model, { ...base, epochs: 1 })
  const resumed = (changes: Partial<FitOptions>) => () =>
    finished(model, { ...base, ...changes, resumeFrom: checkpoint })
  for (const [changes, name] of [
    [{ turns: [turns[0]!, { ...turns[1]!, reset: [] }, turns[2]!] }, 'turns'],
    [{ turns: [turns[0]!, { ...turns[1]!, from: { epoch: 3 } }] }, 'turns'],
    [{ monitor: 'val_critic_loss' }, 'monitor'],
  ] as const)
    await expectError(resumed(changes), {
      code: 'spec',
      message: new RegExp(`^the checkpoint is of another run, which differs in ${name}`),
    })
})

test('a callback waits for the phase that reports what it watches', async () => {
  const stopping = earlyStopping({ patience: 1, minDelta: 9 })
  const { history, stopped } = await finished(halvesModel(paths, training), {
    ...base,
    callbacks: [stopping],
  })
  expect(stopped).toBe('earlyStopping')
  // The generator is first judged after epoch 2, and has not improved by 9 after epoch 3.
  expect(history).toHaveLength(3)
})

test('names that no objective will report end the run, those of schedules too', async () => {
  const watching = (learningRate: object) => () =>
    finished(halvesModel(paths), { ...base, optimizer: sgd({ learningRate: learningRate as never }) })
  await expectError(watching(plateauSchedule({ initial: 1, monitor: 'critic_los' })), {
    code: 'spec',
    message: /^plateau: nothing named "critic_los" is reported\. Expected one of critic_loss, /,
  })
  const alone = {
    ...base,
    turns: [['critic']],
    optimizer: 'sgd',
    callbacks: [earlyStopping({ monitor: 'generator_loss' })],
  } as const
  await expectError(() => finished(halvesModel(paths), alone), {
    code: 'spec',
    message: /^earlyStopping: nothing named "generator_loss" is reported\. Expected one of critic_loss, /,
  })
})

test('every objective needs an optimizer', async () => {
  const refused = (options: Partial<FitOptions>, more?: Training) => () =>
    finished(halvesModel(paths, more), { ...base, ...options })
  await expectError(refused({}), {
    code: 'spec',
    message:
      /^the optimizers do not match the objectives of the model\. Got none; expected one optimizer, or one for each of critic, generator/,
  })
  await expectError(refused({ optimizer: { critic: 'sgd' } }), { message: /Got none for "generator"/ })
  await expectError(refused({}, { optimizers: { critic: 'sgd', generator: 'addam' as never } }), {
    message: /^the model's optimizer of "generator": unknown optimizer type "addam"/,
  })
})

/** Divides all weights by their largest, and keeps how large that was. */
const scaled: Procedure = {
  description: 'for tests',
  options: z.strictObject({ rounds: positiveInt.default(2) }),
  data: 'required',
  run: async ({ weights, progress, data: given, run }, { rounds }) => {
    const { code } = await run('encode', given!, { batchSize: 4 })
    for (let round = 1; round <= (rounds as number); round++) {
      progress(round, rounds as number)
      await new Promise((resolve) => setTimeout(resolve, 0))
    }
    const most = Math.max(...code!.data)
    const scale = { shape: [1], data: Float32Array.of(most) }
    return {
      weights: Object.fromEntries(
        Object.entries(await weights()).map(([name, { shape, data }]): [string, HostRecord[string]] => [
          name,
          { shape, data: Float32Array.from(data, (x) => x / most) },
        ]),
      ),
      attachments: { scale: { kind: 'scale', spec: { type: 'test/scale' }, tensors: { scale } } },
    }
  },
}
const starting = {
  ...halvesModel(paths, { ...training, start: { procedure: 'scaled', options: { rounds: 3 } } }),
  procedures: { scaled },
}

test('what a model asks for is done at the start, once, on the training data, and is part of the run', async () => {
  const plain = { ...base, optimizer: sgd({ learningRate: 1e-30 }), epochs: 1 } as const
  const untouched = await finished(starting, { ...plain, start: false })
  const run = fit(starting, data, plain)
  const told: unknown[] = []
  for await (const event of run)
    if (event.type !== 'step' && event.type !== 'epoch')
      told.push([event.type, (event as { done?: number }).done])
  expect(told).toEqual([
    ['start', undefined],
    ['progress', 1],
    ['progress', 2],
    ['progress', 3],
    ['end', undefined],
  ])
  const { model, checkpoint } = await run
  const most = model.attachments.scale!.tensors.scale!.data[0]!
  model.dispose()
  expect(most).not.toBeCloseTo(1, 1)
  const { weights } = checkpoint.training
  // Biases are no longer 0.
  for (const name of Object.keys(weights).filter((each) => each.endsWith('kernel')))
    expect(weights[name]!.data, name).toEqual(
      Float32Array.from(untouched.checkpoint.training.weights[name]!.data, (x) => x / most),
    )

  const longer = await finished(starting, { ...plain, epochs: 2 })
  const resumed = await finished(starting, {
    ...plain,
    epochs: 2,
    resumeFrom: decodeCheckpoint(encodeCheckpoint(checkpoint)),
  })
  expect(resumed.checkpoint).toEqual(longer.checkpoint)
})

test('a run that is stopped while it starts begins with the start again', async () => {
  const controller = new AbortController()
  const run = fit(starting, data, { ...base, signal: controller.signal })
  for await (const event of run) if (event.type === 'progress' && event.done === 2) controller.abort()
  const { stopped, checkpoint, history, model } = await run
  model.dispose()
  expect({ stopped, history, step: checkpoint.position.step, pending: checkpoint.pending }).toEqual({
    stopped: 'aborted',
    history: [],
    step: 0,
    pending: 'start',
  })
  const resumed = await finished(starting, {
    ...base,
    resumeFrom: decodeCheckpoint(encodeCheckpoint(checkpoint)),
  })
  const whole = await finished(starting, base)
  expect(encodeCheckpoint(resumed.checkpoint)).toEqual(encodeCheckpoint(whole.checkpoint))
})

test('a start that the model does not have is refused before anything begins', async () => {
  await expectError(() => finished(starting, { ...base, start: 'scale' }), {
    code: 'spec',
    message: /^the model has no procedure "scale"\. Expected scaled\. Did you mean "scaled"\?/,
  })
  await expectError(
    () => finished(starting, { ...base, start: { procedure: 'scaled', options: { round: 1 } } }),
    {
      code: 'spec',
      message: /unknown option "round", did you mean "rounds"/,
    },
  )
})
