import { autoencoder, dense, type Session } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { fit } from '../fit/fit'
import type { FitOptions } from '../fit/options'
import { sgd } from '../optimizers/index'
import { changed, cpu, noisyModel, registry, uniformData } from '../testing/fixture'
import { earlyStopping, type Run } from './index'

const base: FitOptions = {
  registry,
  backend: cpu,
  optimizer: 'sgd',
  epochs: 10,
  batchSize: 5,
  validation: 0.5,
}
const data = uniformData(10)

/** Evaluations report these losses, one an epoch. */
function reporting(losses: readonly number[]) {
  let epoch = 0
  return changed((session: Session) => ({
    ...session,
    step: async (request) => ({ ...(await session.step(request)), accuracy: 0 }),
    evaluate: async () => {
      const loss = losses[epoch++]!
      return { loss, accuracy: -loss }
    },
  }))
}

async function epochsOf(losses: readonly number[], options: Parameters<typeof earlyStopping>[0]) {
  const backend = reporting(losses)
  const epochs = losses.length
  const { history, stopped, model } = await fit(noisyModel, data, {
    ...base,
    backend,
    epochs,
    callbacks: [earlyStopping(options)],
  })
  model.dispose()
  return { epochs: history.length, stopped }
}

test.each([
  [[5, 4, 3, 4, 4, 4], { patience: 2 }, 5],
  [[5, 4, 3, 4, 2, 4, 4, 4], { patience: 2 }, 7],
  [[5, 6, 1], { patience: 0 }, 2],
  [[5, 4.9, 4.8, 4.7, 1], { patience: 2, minDelta: 0.5 }, 3],
  [[5, 6, 6, 6], { patience: 2, monitor: 'val_accuracy' }, 3],
  [[5, 4, 3, 2], { patience: 1, mode: 'max' }, 2],
  [[5, 4, 3, 2], { patience: 1, monitor: 'val_accuracy', mode: 'max' }, 4],
] as const)('early stopping on %j with %j ends after %i epochs', async (losses, options, expected) => {
  expect(await epochsOf(losses, options)).toEqual({
    epochs: expected,
    stopped: expected < losses.length ? 'earlyStopping' : 'completed',
  })
})

test.each([false, true])(
  'restores the best weights, averaged ones where there are (average: %s)',
  async (average) => {
    const optimizer = sgd({ learningRate: 0.5, ...(average && { emaMomentum: 0.5 }) })
    const seen: Awaited<ReturnType<Run['weights']>>[] = []
    const spy = { name: 'spy', onEpoch: async (_: unknown, run: Run) => void seen.push(await run.weights()) }
    const run = async (restoreBest: boolean) => {
      seen.length = 0
      const { model } = await fit(noisyModel, data, {
        ...base,
        backend: reporting([5, 4, 6, 7]),
        epochs: 4,
        optimizer,
        callbacks: [earlyStopping({ restoreBest, patience: 9 }), spy],
      })
      const weights = await model.weights()
      const reconstruction = await model.reconstruct(data)
      model.dispose()
      return { weights, reconstruction }
    }
    const best = await run(true)
    expect(best.weights).toEqual(seen[1])
    const last = await run(false)
    expect(last.weights).toEqual(seen[3])
    expect(best.reconstruction.data).not.toEqual(last.reconstruction.data)
  },
)

test('a monitor that nothing reports ends the run after its first step and lists what there is', async () => {
  const seen: number[] = []
  const counter = { name: 'counter', onStep: ({ step }: { step: number }) => void seen.push(step) }
  const callbacks = [earlyStopping({ monitor: 'val_los' }), counter]
  await expectError(() => fit(noisyModel, data, { ...base, callbacks }), {
    code: 'spec',
    message:
      /^earlyStopping: nothing named "val_los" is reported\. Expected one of loss, reconstruction, learningRate, val_loss, val_reconstruction\.$/,
  })
  expect(seen).toEqual([])
  await expectError(
    () => fit(noisyModel, data, { ...base, validation: undefined, callbacks: ['earlyStopping'] }),
    {
      code: 'spec',
      message:
        /^earlyStopping: nothing named "val_loss" is reported\. Got a run without validation data; .* Give fit validation data/,
    },
  )
})

test('a loss that is NaN fails the run and names step, part, batch and weights', async () => {
  let count = 0
  const poisoned = changed((session) => ({
    ...session,
    step: async (request) => {
      if (++count === 4) {
        const { weights } = await session.state()
        const kernel = weights['decoder/0/kernel']!
        kernel.data[5] = Number.NaN
        await session.restore({ weights: { 'decoder/0/kernel': kernel } })
      }
      return session.step(request)
    },
  }))
  await expectError(() => fit(noisyModel, data, { ...base, backend: poisoned, batchSize: 2 }), {
    code: 'numeric',
    message:
      /^the loss became NaN at step 4 \(epoch 2, batch 1\)\. Got reconstruction = NaN; a finite batch; after the update weights encoder\/0\/kernel\[0\] = NaN.* Lower the learning rate \(now 0\.01\)/,
  })
})

test('a diverging run fails, unless told not to', async () => {
  const linear = autoencoder({ encoder: [dense({ units: 3 })], decoder: [dense({ units: 6 })] })
  const options = { ...base, optimizer: sgd({ learningRate: 1e9 }), validation: undefined, epochs: 20 }
  await expectError(() => fit(linear, data, options), {
    code: 'numeric',
    message: /^the loss became (NaN|Infinity) at step/,
  })
  const { history, model } = await fit(linear, data, { ...options, terminateOnNan: false })
  expect(history.at(-1)!.loss).toBeNaN()
  model.dispose()
})

test('a validation loss that is not finite fails the run', async () => {
  await expectError(
    () => fit(noisyModel, data, { ...base, backend: reporting([1, Number.POSITIVE_INFINITY]) }),
    {
      code: 'numeric',
      message: /^val_loss became Infinity after epoch 2 \(step 2\)\. Got all weights finite/,
    },
  )
})

test('hooks run in order, are awaited, and what they throw ends the run', async () => {
  const calls: string[] = []
  const spy = (name: string) => {
    const note = (hook: string) => async () => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      calls.push(`${name}.${hook}`)
    }
    return {
      name,
      onStart: note('start'),
      onStep: note('step'),
      onEpoch: note('epoch'),
      onSettled: note('settled'),
      onEnd: note('end'),
    }
  }
  const { model } = await fit(noisyModel, data, { ...base, epochs: 1, callbacks: [spy('a'), spy('b')] })
  model.dispose()
  expect(calls).toEqual(
    ['start', 'step', 'settled', 'epoch', 'settled', 'end'].flatMap((h) => [`a.${h}`, `b.${h}`]),
  )
  const failing = { name: 'failing', onEpoch: () => Promise.reject(new Error('disk on fire')) }
  await expectError(() => fit(noisyModel, data, { ...base, callbacks: [failing] }), {
    message: /disk on fire/,
  })
})

test('a malformed state in a checkpoint is refused', async () => {
  const options = { ...base, epochs: 1, callbacks: ['earlyStopping'] as const }
  const { checkpoint, model } = await fit(noisyModel, data, options)
  model.dispose()
  const resumeFrom = { ...checkpoint, callbacks: { earlyStopping: { json: { waited: -1 } } } }
  await expectError(() => fit(noisyModel, data, { ...options, resumeFrom }), {
    code: 'file',
    message: /^the checkpoint holds a malformed state of earlyStopping\. Got \{"waited":-1\}/,
  })
})
