import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nearest } from './nearest'

describe('nearest', () => {
  test.each([
    ['unit', 'units'],
    ['Sigmoid', 'sigmoid'],
    ['sigmiod', 'sigmoid'],
    ['kernalInitialiser', 'kernelInitializer'],
    ['sleu', 'selu'],
    ['x', undefined],
    ['gaussian', undefined],
  ])('%s → %s', (word, expected) => {
    expect(nearest(word, ['units', 'sigmoid', 'selu', 'kernelInitializer'])).toBe(expected)
  })

  test('prefers the closest', () => {
    expect(nearest('relu', ['selu', 'relu6', 'relu', 'elu'])).toBe('relu')
    expect(nearest('abc', [])).toBeUndefined()
  })

  test('finds a word again after any one letter is lost', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{4,20}$/), fc.nat(), (word, at) => {
        const i = at % word.length
        expect(nearest(word.slice(0, i) + word.slice(i + 1), [word, '0123456789'])).toBe(word)
      }),
    )
  })

  test('does not compare endless words', () => {
    expect(nearest('a'.repeat(65), ['a'.repeat(64)])).toBeUndefined()
  })
})
