import { expect, test } from 'vitest'
import { registry } from '../testing/fixture'
import type { Run } from './callback'
import { earlyStopping } from './early-stopping'
import cases from './early-stopping.golden.json'

test('ends and restores when Keras does, also when it forgets and is restored after every epoch', async () => {
  for (const { losses, options, epochs, restored } of cases) {
    const spec = earlyStopping({ ...(options as { mode: 'min' }), restoreBest: true })
    let weight = 0
    let stopped = false
    const run = {
      monitor: { name: 'val_loss', mode: 'min' },
      stop: () => {
        stopped = true
      },
      weights: async () => ({ w: { shape: [1], data: Float32Array.of(weight) } }),
      setWeights: async (weights) => {
        weight = weights.w!.data[0]!
      },
    } as Partial<Run> as Run
    let callback = registry.build('callback', spec)
    for (const [i, loss] of losses.entries()) {
      weight = i + 1
      const entry = { epoch: i + 1, val_loss: loss ?? Number.NaN }
      await callback.onEpoch!(
        { type: 'epoch', epoch: i + 1, step: i + 1, entry, seconds: 1, stepsPerSecond: 1 },
        run,
      )
      const state = callback.state!()
      callback = registry.build('callback', spec)
      callback.restore!({ ...state, json: JSON.parse(JSON.stringify(state.json)) })
      if (stopped) break
    }
    const ended = weight
    await callback.onEnd!({ type: 'end', stopped: '', step: 0, history: [], stepsPerSecond: 1 }, run)
    expect({ ended, restored: weight }, JSON.stringify({ losses, options })).toEqual({
      ended: epochs,
      restored,
    })
  }
})
