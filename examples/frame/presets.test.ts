// The presets of the command line and the examples of the same models are written down apart, because each is to be
// read by itself; here they are held together.

import type { LayerSpec } from '@sandglass/core'
import { defaultRegistry, presets } from 'sandglass'
import { describe, expect, test } from 'vitest'
import { caught } from './caught'
import { loadRows } from './rows'

const registry = defaultRegistry()
const rows = await loadRows()
const rowOf = (name: string) => rows.find((row) => row.name === `${name}-ml2` || row.name === name)

test('only those that nobody published have no example', () => {
  expect(presets.filter(({ name }) => !rowOf(name)).map(({ name }) => name)).toEqual([
    'denoising-salt-and-pepper',
    'classifier',
  ])
})

describe.each(presets.filter(({ name }) => rowOf(name)))('$name', (preset) => {
  test('begins with the model of its example, trained with the same optimizer and for as long', async () => {
    const row = rowOf(preset.name)!
    const first = firstOf(preset)
    const epochs: number[] = []
    const { model, optimizers } = await caught(row, (published) => epochs.push(published))
    expect(registry.parse('model', first.model)).toEqual(registry.parse('model', model.spec))
    const { learningRate } = Object.values(optimizers!)[0]!
    expect(registry.build('optimizer', first.optimizer).learningRate).toEqual(learningRate)
    expect(epochs[0]).toBe(first.epochs)
    const batches = preset.warmStart ? '' : `batches of ${preset.batchSize}, `
    expect(row.settings).toContain(`${batches}${preset.epochs} epochs`)
  })
})

/** What a preset trains first: itself, its outermost stage, or the autoencoder whose encoder it takes over. */
function firstOf({ warmStart, ...preset }: (typeof presets)[number]) {
  if (warmStart?.type !== 'greedy') return { ...preset, ...warmStart }
  const { encoder, decoder, ...rest } = preset.model as unknown as Record<'encoder' | 'decoder', LayerSpec[]>
  const model = { ...rest, encoder: encoder.slice(0, 2), decoder: decoder.slice(-2) } as never
  return { ...preset, ...warmStart.stages![0], model }
}
