import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bare, meaningOf, showMeaning } from './aliases'

const candidates = [
  { name: 'hardSigmoid' },
  { name: 'silu', aliases: ['swish'] },
  { name: 'conv2dTranspose', aliases: ['convTranspose2d'] },
  { name: 'categoricalCrossentropy', aliases: ['crossentropy'] },
  { name: 'sparseCategoricalCrossentropy', aliases: ['crossentropy'] },
]
const found = (word: string) => {
  const meaning = meaningOf(word, candidates)
  return meaning && showMeaning(meaning)
}

describe('an unknown name', () => {
  test.each([
    ['hard_sigmoid', 'Did you mean "hardSigmoid"?'],
    ['Hard-Sigmoid', 'Did you mean "hardSigmoid"?'],
    ['keras.activations.hard_sigmoid', 'Did you mean "hardSigmoid"?'],
    ['hardSigmiod', 'Did you mean "hardSigmoid"?'],
    ['nn.ConvTranspose2d', 'Sandglass calls it "conv2dTranspose".'],
    ['Swish', 'Sandglass calls it "silu".'],
    ['CrossEntropy', 'Sandglass calls it "categoricalCrossentropy" or "sparseCategoricalCrossentropy".'],
    ['quite other', undefined],
  ])('%s: %s', (word, text) => {
    expect(found(word)).toBe(text)
  })

  test('is recognised in any case and with any separators', () => {
    const separators = fc.array(fc.constantFrom('', '_', '-', ' '), { minLength: 11, maxLength: 11 })
    fc.assert(
      fc.property(separators, fc.array(fc.boolean(), { minLength: 11, maxLength: 11 }), (between, upper) => {
        const word = [...'hardSigmoid'].map((c, i) => (upper[i] ? c.toUpperCase() : c) + between[i]).join('')
        expect(meaningOf(word, candidates)).toEqual({ names: ['hardSigmoid'], alias: false })
      }),
    )
  })

  test('without end is not compared', () => {
    expect(meaningOf(`${'x.'.repeat(50)}silu`, candidates)).toBeUndefined()
  })

  test('may be one of three', () => {
    expect(showMeaning({ names: ['a', 'b', 'c'], alias: true })).toBe('Sandglass calls it "a", "b" or "c".')
  })
})

test('bare names have no module, case or separators', () => {
  expect(bare('torch.nn.Leaky_ReLU')).toBe('leakyrelu')
})
