// The presets of the command line and the examples of the same models are written down apart, because each is to be
// read by itself; here they are held together.
import { defaultRegistry, presets } from 'sandglass'
import { describe, expect, test } from 'vitest'
import { caught } from './caught'
import { loadRows } from './rows'

const registry = defaultRegistry()
const rows = await loadRows()
const rowOf = (name: string) => rows.find((row) => row.name === `${name}-ml2` || row.name === name)

test('only the classifier, which nobody published, has no example', () => {
  expect(presets.filter(({ name }) => !rowOf(name)).map(({ name }) => name)).toEqual(['classifier'])
})

describe.each(presets.filter(({ name }) => rowOf(name)))('$name', (preset) => {
  test('is the model of its example, trained with the same optimizer and for as long', async () => {
    const row = rowOf(preset.name)!
    const epochs: number[] = []
    const { model, optimizers } = await caught(row, (published) => epochs.push(published))
    expect(registry.parse('model', preset.model)).toEqual(registry.parse('model', model.spec))
    const { learningRate } = Object.values(optimizers!)[0]!
    expect(registry.build('optimizer', preset.optimizer).learningRate).toEqual(learningRate)
    expect(epochs[0]).toBe(preset.epochs)
    expect(row.settings).toContain(`batches of ${preset.batchSize}, ${preset.epochs} epochs`)
  })
})
